// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The program: the table of commands, and what surrounds each of them. */
#include <stdio.h>
#include <string.h>

#include "cli/assess.h"
#include "cli/inputs.h"
#include "cli/match_args.h"
#include "cli/nearest.h"
#include "cli/search_run.h"

static const arg_option HELP_OPTION[] = {{"help", 'h', ARG_FLAG, NULL, NULL, "show this help"}, {0}};

static const arg_option MATCH_OUTPUT[] = {
    {"out", 'o', ARG_ONE, "DIR", "dir", "also write candidates.csv, candidates.json, errors.csv, notes.csv, rejects.csv and run.json there"},
    {"limit", 0, ARG_ONE, "N", NULL, "show the first N rows. Default: all"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {"csv", 0, ARG_FLAG, NULL, NULL, "the result as CSV"},
    {0},
};
static const arg_option EXPLAIN_OUTPUT[] = {
    {"run", 0, ARG_ONE, "DIR", "dir", "take files and options from a run that `homeward match --out DIR` wrote"},
    {"missing", 0, ARG_ONE, "ID", NULL, "which missing person of the family. Default: the one the child fits best"},
    {"html", 0, ARG_ONE, "FILE", "file", "write the report as one HTML page"},
    {"svg", 0, ARG_ONE, "FILE", "file", "write the pedigree as SVG"},
    {"pdf", 0, ARG_ONE, "FILE", "file", "write the report as PDF"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the explanation as JSON"},
    {0},
};
static const arg_option SCORE_OPTIONS[] = {
    {"run", 0, ARG_ONE, "DIR", "dir", "the folder that `homeward match --out DIR` wrote"},
    {"truth", 0, ARG_ONE, "FILE", "file", "truth.csv of `homeward simulate nation`"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {0},
};
static const arg_option POWER_OPTIONS[] = {
    {"family", 0, ARG_ONE, "ID", NULL, "this family only, with the exclusion of every locus in --json"},
    {"threshold", 0, ARG_ONE, "LOG10", NULL, "log10 likelihood ratio that a true pair should reach. Default: 4"},
    {"second", 0, ARG_ONE, "LOG10", NULL, "a second one to tell the probability of. Default: 6"},
    {"wanted", 0, ARG_ONE, "P", NULL, "a family is weak when its true child reaches the threshold with less than this probability. Default: 0.8"},
    {"n-children", 0, ARG_ONE, "N", NULL, "children to expect chance hits among. Default: as many as --children holds"},
    {"limit", 0, ARG_ONE, "N", NULL, "show the first N rows, 0: all. Default: all"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {"csv", 0, ARG_FLAG, NULL, NULL, "the result as CSV"},
    {0},
};
static const arg_option SIBLING_OPTIONS[] = {
    {"children", 0, ARG_MANY, "FILE...", "file", "profiles of rescued children; \"-\" is standard input"},
    {"threshold", 0, ARG_ONE, "LOG10", NULL, "list pairs whose log10 likelihood ratio, full or half siblings against unrelated, is at least this. Default: 3"},
    {"prior-full", 0, ARG_ONE, "N", NULL, "full siblings that a rescued child is expected to have among the others. Default: 0.02"},
    {"prior-half", 0, ARG_ONE, "N", NULL, "the same of half siblings. Default: 0.005"},
    {"prior-parent", 0, ARG_ONE, "N", NULL, "the same of parents and children. Default: 0.001"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {"csv", 0, ARG_FLAG, NULL, NULL, "the result as CSV"},
    {0},
};
static const arg_option NEXT_OPTIONS[] = {
    {"family", 0, ARG_ONE, "ID", NULL, "this family only: every sample it could give, each for itself"},
    {"missing", 0, ARG_ONE, "ID", NULL, "with --family: this missing person only. Default: all of the family"},
    {"child", 0, ARG_ONE, "ID", NULL, "this child only: what would settle its candidate families that are below the threshold"},
    {"least", 0, ARG_ONE, "LOG10", NULL, "with --child: log10 likelihood ratio from which a family is a candidate. Default: 2"},
    {"budget", 0, ARG_ONE, "N", NULL, "samples to be spent on the whole database. Default: 100"},
    {"kit", 0, ARG_ONE, "KIT", "table|codis13|codis20|identifiler|globalfiler|fusion|powerplex21",
     "loci that new and repeated samples are typed at: the name of a kit, loci separated by commas, or \"table\" for all of the first table. Default: every locus in the files"},
    {"prior", 0, ARG_ONE, "P", NULL, "prior probability that a child's family is among those searched, as in match. Default: 0.5"},
    {"n-children", 0, ARG_ONE, "N", NULL, "rescued children. Default: as many as --children holds"},
    {"rescued", 0, ARG_ONE, "P", NULL, "probability that a missing person is among the rescued children. Default: prior x children / missing persons"},
    {"level", 0, ARG_ONE, "P", NULL, "posterior from which a pair is reported. Default: 0.999"},
    {"threshold", 0, ARG_ONE, "LOG10", NULL, "log10 likelihood ratio from which a pair is reported. Default: where the posterior reaches --level in a database of this size"},
    {"named-only", 0, ARG_FLAG, NULL, NULL, "leave out relatives whom the pedigree does not name"},
    {"draws", 0, ARG_ONE, "N", NULL, "draws for each option of a family. Default: 16"},
    {"refine", 0, ARG_ONE, "N", NULL, "families computed for themselves, at most. Default: 200"},
    {"seed", 0, ARG_ONE, "S", NULL, "of the draws. Default: 1"},
    {"check-loss", 0, ARG_ONE, "DRAWS", NULL, "compare the choice with brute force by so many draws for every option of every family; for small databases"},
    {"limit", 0, ARG_ONE, "N", NULL, "show the first N rows, 0: all. Default: all"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {"csv", 0, ARG_FLAG, NULL, NULL, "the result as CSV"},
    {0},
};
static const arg_option LR_OPTIONS[] = {
    {"case", 0, ARG_ONE, "ID", NULL, "this case only"},
    {"num", 0, ARG_ONE, "HYPOTHESIS", NULL, "ratios of this hypothesis only. Default: all pairs"},
    {"den", 0, ARG_ONE, "HYPOTHESIS", NULL, "ratios against this hypothesis only"},
    {"check", 0, ARG_FLAG, NULL, NULL, "compare with the reference values that the files carry; exit code 1 when one differs by more than 1e-9"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {0},
};
static const arg_option CONVERT_OPTIONS[] = {
    {"to", 0, ARG_ONE, "FORMAT", "format", "format to write. Default: by the extension of OUT"},
    {"from", 0, ARG_ONE, "FORMAT", "format", "format to read. Default: recognised by content"},
    {"role", 0, ARG_ONE, "ROLE", "children|families", "what the profiles are when the files do not say"},
    {"separator", 0, ARG_ONE, "CHAR", "comma|semicolon|tab", "between the columns of tables written. Default: comma"},
    {"json", 0, ARG_FLAG, NULL, NULL, "say what was read, written and lost as JSON on standard output"},
    {0},
};
static const arg_option NATION_OPTIONS[] = {
    {"children", 0, ARG_ONE, "N", NULL, "rescued children. Default: 178"},
    {"families", 0, ARG_ONE, "N", NULL, "searching families. Default: 5000"},
    {"seed", 0, ARG_ONE, "S", NULL, "the same seed gives the same nation on every machine. Default: 1"},
    {"loci", 0, ARG_ONE, "LOCUS,...", NULL, "loci to type. Default: all of the table"},
    {"share-true", 0, ARG_ONE, "X", NULL, "children whose family is registered. Default: 0.6"},
    {"share-one-parent", 0, ARG_ONE, "X", NULL, "families that are one parent. These five are divided by their sum"},
    {"share-two-parents", 0, ARG_ONE, "X", NULL, "families that are both parents"},
    {"share-siblings", 0, ARG_ONE, "X", NULL, "families that are siblings only"},
    {"share-grandparents", 0, ARG_ONE, "X", NULL, "families that are grandparents only"},
    {"share-mixed", 0, ARG_ONE, "X", NULL, "families of other relatives"},
    {"share-poor", 0, ARG_ONE, "X", NULL, "samples of poor quality"},
    {"dropout", 0, ARG_ONE, "X", NULL, "probability that an allele is lost in a sample of poor quality"},
    {"share-wrong", 0, ARG_ONE, "X", NULL, "families with a relation reported wrong"},
    {"share-swapped", 0, ARG_ONE, "X", NULL, "families with two samples swapped"},
    {"share-relatives", 0, ARG_ONE, "X", NULL, "true families of which a close relative's family is registered too"},
    {"share-siblings-rescued", 0, ARG_ONE, "X", NULL, "families with two missing children, both rescued"},
    {"share-partial-kit", 0, ARG_ONE, "X", NULL, "samples typed with an old kit of fewer loci"},
    {"chinese-names", 0, ARG_FLAG, NULL, NULL, "invented Chinese names in comments"},
    {"children-format", 0, ARG_ONE, "FORMAT", "csv|json", "format of the children. Default: csv"},
    {"out", 'o', ARG_ONE, "DIR", "dir", "folder for the files"},
    {0},
};
static const arg_option CHECK_OPTIONS[] = {
    {"elimination", 0, ARG_MANY, "FILE...", "file", "profiles of laboratory and rescue staff: a child or relative who matches one is contamination"},
    {"min-loci", 0, ARG_ONE, "N", NULL, "a profile of fewer loci of the table is called poor. Default: 8"},
    {"limit", 0, ARG_ONE, "N", NULL, "show the first N findings. Default: all"},
    {"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"},
    {"csv", 0, ARG_FLAG, NULL, NULL, "the result as CSV"},
    {0},
};
static const arg_option HELP_OPTIONS[] = {
    {"table", 0, ARG_FLAG, NULL, NULL, "all commands and options as a table, for programs (shell completion)"},
    {0},
};
static const arg_option DATA_OPTIONS[] = {{"json", 0, ARG_FLAG, NULL, NULL, "the result as JSON"}, {0}};

static const arg_option VALIDATE_OPTIONS[] = {
    {"cases", 0, ARG_REPEAT, "FILE", "file", "a file of reference cases, or a folder of them, besides those installed"},
    {"pdf", 0, ARG_ONE, "FILE", "file", "write the report as PDF, with every value and lines for signatures"},
    {"laboratory", 0, ARG_ONE, "NAME", NULL, "the laboratory that the report is for"},
    {"analyst", 0, ARG_ONE, "NAME", NULL, "who carried it out"},
    {0},
};

static const arg_option VALIDATE_CHANCE_OPTIONS[] = {
    {"panel", 0, ARG_REPEAT, "LOCI", "18|21|all", "these loci only. Default: all three"},
    {"samples", 0, ARG_ONE, "N", NULL, "families simulated in each of seven ways of sampling. Default: 20000"},
    {"seed", 0, ARG_ONE, "S", NULL, "repeat a run: the seed that it printed. Default: a new one"},
    {0},
};
static const arg_option VALIDATE_NATION_OPTIONS[] = {
    {"children", 0, ARG_ONE, "N", NULL, "rescued children of a nation. Default: 500"},
    {"families", 0, ARG_ONE, "N", NULL, "searching families of a nation. Default: 5000"},
    {"nations", 0, ARG_ONE, "N", NULL, "nations of each kind, counted together. Default: 1"},
    {"nation", 0, ARG_REPEAT, "KIND", "as-assumed|table|theta|rates|prior|inbreeding", "nations of this kind only. Default: all"},
    {"seed", 0, ARG_ONE, "S", NULL, "repeat a run: the seed that it printed. Default: a new one"},
    {"threshold", 0, ARG_ONE, "LOG10", NULL, "list pairs whose log10 likelihood ratio is at least this. Default: 4"},
    {"report", 0, ARG_ONE, "P", NULL, "report whatever has this posterior in the search, instead of joint identification and the policy of decisions"},
    {0},
};

#define OPTIONS(...) (const arg_option *const[]){__VA_ARGS__, HELP_OPTION, NULL}

const command COMMANDS[] = {
    {"match", NULL, "every rescued child against every searching family", "Main job",
     "Gives the ranked list of pairs: likelihood ratio against an unrelated child (log10, in the first table and the smallest over all tables), strongest "
     "rival, posterior under the stated prior, and the verbal scale. Families whose stated relatives do not fit are listed with the reason and the rest goes on.",
     OPTIONS(TABLE_OPTIONS, PEOPLE_OPTIONS, MATCH_OUTPUT, MATCH_OPTIONS, SEARCH_OPTIONS, ASSESS_OPTIONS, LINEAGE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS, LANG_OPTIONS), 0, 0, cmd_match},
    {"match merge", "RUN...", "the parts of a search, joined into one run", "Main job",
     "RUN are the folders that `homeward match --shard I/N --out RUN` wrote, of one search; files and options are taken from the first. A part given twice counts once. Ends as `homeward match` does.",
     OPTIONS(MATCH_OUTPUT, TABLE_OPTIONS, PEOPLE_OPTIONS, MATCH_OPTIONS, ASSESS_OPTIONS, LINEAGE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS, LANG_OPTIONS), 1, SIZE_MAX, cmd_match_merge},
    {"match explain", "CHILD FAMILY", "one child and one family, locus by locus", "Main job",
     "Shows every locus with its genotypes and ratio, the mutations assumed, the rivals, the pedigree and the sentence a laboratory would write; on the terminal, or as HTML, "
     "SVG, PDF or JSON.",
     OPTIONS(EXPLAIN_OUTPUT, TABLE_OPTIONS, PEOPLE_OPTIONS, MATCH_OPTIONS, ASSESS_OPTIONS, LINEAGE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, LANG_OPTIONS), 2, 2, cmd_explain},
    {"match score", NULL, "how much of a known truth a run found", "Main job",
     "For synthetic data: true pairs found and missed, and false pairs, by threshold.", OPTIONS(SCORE_OPTIONS), 0, 0, cmd_score},
    {"power", NULL, "what each searching family can prove, before any child is compared", "Main job",
     "For every missing person: the probability that an unrelated child is excluded, how the likelihood ratio is distributed if the child is theirs, and the chance hits to expect. "
     "Families that are too weak are marked: more relatives or more loci are needed.",
     OPTIONS(POWER_OPTIONS, TABLE_OPTIONS, PEOPLE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS), 0, 0, cmd_power},
    {"siblings", NULL, "brothers and sisters among the rescued children", "Main job",
     "Every child against every other, without any family: full siblings and half siblings against unrelated, full against half, and the posterior under the stated priors. Pairs better "
     "explained as parent and child, and profiles that are the same (one child entered twice, or identical twins), are marked.",
     OPTIONS(SIBLING_OPTIONS, TABLE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS), 0, 0, cmd_siblings},
    {"next", NULL, "which sample to take next, by the children it would bring home", "Main job",
     "For a family, a child, or the whole database and a number of samples: which relative to ask for a sample, which samples to type again or at more loci, ranked by the expected number of additional "
     "children identified.",
     OPTIONS(NEXT_OPTIONS, TABLE_OPTIONS, PEOPLE_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS), 0, 0, cmd_next},
    {"check", NULL, "what is wrong with profiles and families themselves", "Main job",
     "Stated relatives who do not fit, and which samples were probably exchanged; the same person entered twice; staff; mixtures, poor profiles, sexes that contradict. For the laboratory and the "
     "verifiers only. Exit code 1 when anything was found. Children and families may be checked alone.",
     OPTIONS(TABLE_OPTIONS, PEOPLE_OPTIONS, CHECK_OPTIONS, SETTINGS_OPTIONS, SAMPLE_OPTIONS, READ_OPTIONS, THREAD_OPTIONS), 0, 0, cmd_check},
    {"lr", "CASE...", "likelihoods and ratios of cases with any hypotheses", "Main job",
     "A case is a set of typed persons under two or more pedigrees: Homeward JSON, .fam, .ped or kinship-oracle JSON. Exact zeros are printed as 0, their logarithms as -inf, 0/0 as nan.",
     OPTIONS(LR_OPTIONS, TABLE_OPTIONS, SETTINGS_OPTIONS, READ_OPTIONS), 1, SIZE_MAX, cmd_lr},
    {"validate", NULL, "reference cases computed anew: a report to sign", "Proof",
     "Computes every reference case that is installed, and those of --cases, beside its reference values, and states the hashes of program and data. Exit code 1 when a value differs.",
     OPTIONS(VALIDATE_OPTIONS, LANG_OPTIONS, DATA_OPTIONS), 0, 0, cmd_validate},
    {"validate chance", NULL, "what one or two parents can decide: exactly and by simulation", "Proof",
     "Chance hits, sensitivity, siblings of the true parent and counts of impossible loci for 18, 21 and all loci of a table, computed by convolution and by simulation. Exit code 1 when the "
     "two differ by four standard errors anywhere.",
     OPTIONS(VALIDATE_CHANCE_OPTIONS, TABLE_OPTIONS, THREAD_OPTIONS, DATA_OPTIONS), 0, 0, cmd_validate_chance},
    {"validate nations", NULL, "are decisions what they claim: synthetic nations with a known truth", "Proof",
     "Simulates nations, searches them and decides, and counts what was found, what was reported wrongly beside what was to be expected, and whether posteriors are as often right as "
     "they say; also for nations that differ from what the search assumes, and for the practice of reporting every ratio over 10,000.",
     OPTIONS(VALIDATE_NATION_OPTIONS, TABLE_OPTIONS, SETTINGS_OPTIONS, THREAD_OPTIONS, DATA_OPTIONS), 0, 0, cmd_validate_nations},
    {"convert", "IN... OUT", "read any format, write another", "Files", "What the written format cannot hold is listed on standard error, 20 lines at most; --json lists all.", OPTIONS(CONVERT_OPTIONS, READ_OPTIONS), 2, SIZE_MAX,
     cmd_convert},
    {"simulate nation", NULL, "a synthetic nation on real allele frequencies", "Files",
     "Writes children.csv, families.json, truth.csv and README.txt. Everybody in them is invented, and the files say so.", OPTIONS(NATION_OPTIONS, TABLE_OPTIONS, SETTINGS_OPTIONS), 0, 0, cmd_simulate_nation},
    {"formats", NULL, "formats read and written", "Information", NULL, OPTIONS(DATA_OPTIONS), 0, 0, cmd_formats},
    {"loci", NULL, "loci known by name, with their other names", "Information", NULL, OPTIONS(DATA_OPTIONS), 0, 0, cmd_loci},
    {"help", "[COMMAND]", "this list, or the options of a command", "Information", NULL, OPTIONS(HELP_OPTIONS), 0, 2, cmd_help},
    {"version", NULL, "version, compiler, installed tables with their hashes", "Information", NULL, OPTIONS(DATA_OPTIONS), 0, 0, cmd_version},
};
const size_t N_COMMANDS = sizeof COMMANDS / sizeof COMMANDS[0];

const command *command_find(const char *const *word, size_t n_words, size_t *ret_used)
{
    const command *best = NULL;
    *ret_used = 0;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const char *name = COMMANDS[i].name;
        size_t used = 0;
        while (*name != '\0' && used < n_words) {
            size_t n = strcspn(name, " ");
            if (strncmp(name, word[used], n) != 0 || word[used][n] != '\0') {
                break;
            }
            used++;
            name += n + (name[n] == ' ');
        }
        if (*name == '\0' && used > *ret_used) {
            best = &COMMANDS[i];
            *ret_used = used;
        }
    }
    return best;
}

/* "simulate" is the first word of a command, not one itself. */
static hw_status no_command(const char *word, hw_err *err)
{
    const char *name[32];
    size_t n = 0;
    HW_ASSERT(N_COMMANDS <= 32);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (hw_str_starts(COMMANDS[i].name, word) && COMMANDS[i].name[strlen(word)] == ' ') {
            return HW_FAIL(err, HW_USAGE, "%s: say what; there is `homeward %s`", word, COMMANDS[i].name);
        }
        name[n++] = COMMANDS[i].name;
    }
    const char *near = nearest(word, strlen(word), name, n);
    return HW_FAIL(err, HW_USAGE, "there is no command %.60s%s%s%s", word, near != NULL ? "; did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
}

static hw_status check_operands(const cli *c, hw_err *err)
{
    const command *cmd = c->command;
    size_t n = c->args.operand.n;
    if (n > cmd->max_operands) {
        return HW_FAIL(err, HW_USAGE, "unexpected word %.60s%s%s", c->args.operand.v[cmd->max_operands], cmd->operands != NULL ? "; expected " : "",
                       cmd->operands != NULL ? cmd->operands : "");
    }
    if (n < cmd->min_operands) {
        return HW_FAIL(err, HW_USAGE, "expected %s", cmd->operands);
    }
    return HW_OK;
}

static hw_status run(cli *c, const char *const *word, size_t n, hw_err *err)
{
    size_t used;
    if (n == 0 || hw_streq(word[0], "--help") || hw_streq(word[0], "-h")) {
        HW_CLEANUP(hw_str_release) hw_str text = {0};
        hw_str_init(&text, 0);
        help_write(NULL, &text);
        if (n == 0) { /* nothing was asked for: that is no result */
            (void)fputs(text.s, stderr);
            c->verdict = hw_status_exit(HW_USAGE);
            return HW_OK;
        }
        return term_write(&text, err);
    }
    const char *const version[] = {"version"};
    bool asks_version = hw_streq(word[0], "--version");
    c->command = asks_version ? command_find(version, 1, &used) : command_find(word, n, &used);
    if (c->command == NULL) {
        return word[0][0] == '-' ? HW_FAIL(err, HW_USAGE, "expected a command before %.60s", word[0]) : no_command(word[0], err);
    }
    used = asks_version ? 1 : used;
    args_init(&c->args, c->command->options);
    HW_TRY(args_parse(&c->args, word + used, n - used, err));
    if (args_has(&c->args, "help")) {
        HW_CLEANUP(hw_str_release) hw_str text = {0};
        hw_str_init(&text, 0);
        help_write(c->command, &text);
        return term_write(&text, err);
    }
    HW_TRY(check_operands(c, err));
    return c->command->run(c, err);
}

int main(int argc, char **argv)
{
    cli c = {0};
    hw_err err = {0};
    term_start();
    hw_arena_init(&c.arena, 0);
    hw_status s = run(&c, (const char *const *)(argv + (argc > 0)), argc > 0 ? (size_t)(argc - 1) : 0, &err);
    hw_err closing = {0};
    hw_status end = term_finish(&closing);
    const char *name = c.command != NULL ? c.command->name : NULL;
    if (s != HW_OK) {
        term_note(name, "%s", err.msg);
        if (s == HW_USAGE) {
            fprintf(stderr, "`homeward help%s%s` shows how.\n", name != NULL ? " " : "", name != NULL ? name : "");
        }
        if (s == HW_INTERNAL && err.src_file != NULL) {
            fprintf(stderr, "This is a fault of the program (%s:%d); please report it.\n", err.src_file, err.src_line);
        }
    } else if (end != HW_OK) {
        term_note(name, "%s", closing.msg);
    }
    args_release(&c.args);
    hw_arena_release(&c.arena);
    return s != HW_OK ? hw_status_exit(s) : end != HW_OK ? hw_status_exit(end) : c.verdict;
}
