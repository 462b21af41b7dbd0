/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/*
 * second GENCASES ENGINE2 [--cases N] [--seeds A,B,...] [--random] [--perturb]
 *
 * Random cases of each seed, evaluated by the second engine (a program of its own) and by the product (through the reader of
 * kinship-oracle/1 and hw_case_likelihoods). Values agree within 1e-10 relative, exact zeros exactly; the exit code is 1 when one does not.
 * --random: one seed more, from HOMEWARD_SEED or the clock, printed. --perturb: the last value of the product is made wrong by
 * 1e-9, to prove that a disagreement is seen.
 */
#include "base/file.h"
#include "base/number.h"
#include "formats/format.h"
#include "kinship/ratio.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TOLERANCE 1e-10
#define MAX_SEEDS 64

typedef struct run {
    const char *gencases, *engine2;
    int64_t cases;
    uint64_t seed[MAX_SEEDS];
    size_t n_seeds;
    bool perturb;
    uint64_t compared, zeros, skipped, refused, wrong;
    double worst;
    char worst_at[200];
} run;

static bool quoted(const char *s)
{
    return strchr(s, '\'') != NULL;
}

/* What the product says, keyed "case hypothesis marker". */
typedef struct values {
    hw_map index;
    hw_map refused; /* cases that the product says would cost too much */
    double *value;
    size_t n, cap;
} values;

static hw_status keep(values *v, const char *kase, const char *hypothesis, const char *which, double x, hw_err *err)
{
    char key[300];
    (void)snprintf(key, sizeof key, "%s %s %s", kase, hypothesis, which);
    HW_TRY(HW_GROW(v->value, v->n, v->cap, (size_t)100000000, "values", err));
    v->value[v->n] = x;
    return hw_map_put(&v->index, key, v->n++, err);
}

static hw_status evaluate_case(const hw_dataset *d, const hw_case *c, values *v, hw_err *err)
{
    hw_case_result r;
    HW_TRY(hw_case_likelihoods(d, c, NULL, NULL, NULL, &r, err));
    hw_status s = HW_OK;
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        for (uint32_t i = 0; i < r.n_loci && s == HW_OK; i++) {
            const hw_case_locus *l = &r.locus[i];
            char which[16];
            (void)snprintf(which, sizeof which, "%u", i);
            double alone = l->linked_with >= 0 ? l->unlinked[h] : hw_real_to_double(l->likelihood[h]);
            s = keep(v, c->id, c->hypothesis[h].name, which, alone, err);
            if (s == HW_OK && l->linked_with > (int32_t)i) {
                s = keep(v, c->id, c->hypothesis[h].name, "pair", hw_real_to_double(l->likelihood[h]), err);
            }
        }
    }
    hw_case_result_release(&r);
    return s;
}

static hw_status evaluate_file(const char *path, values *v, hw_err *err)
{
    hw_str text;
    hw_str_init(&text, 0);
    hw_dataset d;
    hw_dataset_init(&d);
    hw_status s = hw_file_read(path, (size_t)1 << 30, &text, err);
    if (s == HW_OK) {
        hw_format_options o = {0};
        hw_format_input in = {.name = path, .data = text.s, .size = text.len};
        s = hw_format_oracle_json.read(&in, &o, &d, err);
    }
    for (size_t i = 0; i < d.n_cases && s == HW_OK; i++) {
        s = evaluate_case(&d, &d.kase[i], v, err);
        if (s == HW_TOO_COSTLY) {
            hw_err_clear(err);
            s = hw_map_put(&v->refused, d.kase[i].id, 1, err);
        }
    }
    hw_dataset_release(&d);
    hw_str_release(&text);
    return s;
}

/* One line of the second engine: "case hypothesis marker value", or "skip ...". */
static void compare_line(run *r, const values *v, char *line, uint64_t seed)
{
    if (hw_str_starts(line, "skip ")) {
        r->skipped++;
        return;
    }
    char *last = strrchr(line, ' ');
    double want = 0;
    uint64_t at = 0;
    if (last == NULL || !hw_parse_double(last + 1, strlen(last + 1), &want)) {
        printf("seed %" PRIu64 ": not understood: %s\n", seed, line);
        r->wrong++;
        return;
    }
    *last = '\0';
    if (!hw_map_get(&v->index, line, &at)) {
        char kase[100];
        (void)snprintf(kase, sizeof kase, "%.*s", (int)strcspn(line, " "), line);
        if (hw_map_get(&v->refused, kase, &at)) {
            r->refused++;
            return;
        }
        printf("seed %" PRIu64 ": %s: the product gives no value\n", seed, line);
        r->wrong++;
        return;
    }
    double got = v->value[at];
    double gap = got > want ? got - want : want - got;
    r->compared++;
    r->zeros += want == 0 ? 1 : 0;
    double relative = want == 0 ? (got == 0 ? 0 : 1) : gap / want;
    if (relative > r->worst) {
        r->worst = relative;
        (void)snprintf(r->worst_at, sizeof r->worst_at, "seed %" PRIu64 ", %.150s", seed, line);
    }
    if (!(relative <= TOLERANCE)) {
        printf("seed %" PRIu64 ": %s: second engine %.17g, product %.17g\n", seed, line, want, got);
        r->wrong++;
    }
}

static bool one_seed(run *r, uint64_t seed, const char *path)
{
    char command[2000];
    (void)snprintf(command, sizeof command, "'%s' --seed %" PRIu64 " --cases %" PRId64 " --out '%s'", r->gencases, seed, r->cases, path);
    if (system(command) != 0) {
        printf("failed: %s\n", command);
        return false;
    }
    values v = {0};
    hw_map_init(&v.index, 0);
    hw_map_init(&v.refused, 0);
    hw_err err = {0};
    bool good = evaluate_file(path, &v, &err) == HW_OK;
    if (!good) {
        printf("seed %" PRIu64 ": the product fails: %s\n", seed, err.msg);
    } else if (r->perturb && v.n > 0) {
        size_t i = v.n - 1;
        while (i > 0 && v.value[i] == 0) {
            i--;
        }
        v.value[i] *= 1 + 1e-9;
    }
    (void)snprintf(command, sizeof command, "'%s' --limit 1e5 '%s'", r->engine2, path);
    FILE *out = good ? popen(command, "r") : NULL;
    char line[1000];
    while (out != NULL && fgets(line, sizeof line, out) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        compare_line(r, &v, line, seed);
    }
    good = out != NULL && pclose(out) == 0;
    hw_map_release(&v.index);
    hw_map_release(&v.refused);
    hw_free(v.value);
    return good;
}

static bool add_seed(run *r, const char *s, size_t n)
{
    int64_t x = 0;
    if (!hw_parse_int(s, n, &x) || x < 0 || r->n_seeds == MAX_SEEDS) {
        return false;
    }
    r->seed[r->n_seeds++] = (uint64_t)x;
    return true;
}

static bool arguments(run *r, int argc, char **argv)
{
    if (argc < 3 || quoted(argv[1]) || quoted(argv[2])) {
        return false;
    }
    r->gencases = argv[1];
    r->engine2 = argv[2];
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--perturb") == 0) {
            r->perturb = true;
        } else if (strcmp(argv[i], "--random") == 0) {
            const char *given = getenv("HOMEWARD_SEED");
            if (given == NULL) {
                r->seed[r->n_seeds++] = (uint64_t)time(NULL);
            } else if (!add_seed(r, given, strlen(given))) {
                return false;
            }
            printf("random seed %" PRIu64 " (HOMEWARD_SEED sets it)\n", r->seed[r->n_seeds - 1]);
        } else if (i + 1 < argc && strcmp(argv[i], "--cases") == 0) {
            i++;
            if (!hw_parse_int(argv[i], strlen(argv[i]), &r->cases)) {
                return false;
            }
        } else if (i + 1 < argc && strcmp(argv[i], "--seeds") == 0) {
            for (const char *s = argv[++i]; *s != '\0';) {
                size_t n = strcspn(s, ",");
                if (!add_seed(r, s, n)) {
                    return false;
                }
                s += n + (s[n] == ',' ? 1 : 0);
            }
        } else {
            return false;
        }
    }
    return r->n_seeds > 0;
}

int main(int argc, char **argv)
{
    run r = {.cases = 1500};
    if (!arguments(&r, argc, argv)) {
        (void)fputs("usage: second GENCASES ENGINE2 [--cases N] [--seeds A,B,...] [--random] [--perturb]\n", stderr);
        return 2;
    }
    char path[] = "/tmp/homeward-second-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) {
        (void)fputs("no temporary file can be made\n", stderr);
        return 2;
    }
    (void)close(fd);
    bool good = true;
    for (size_t i = 0; i < r.n_seeds && good; i++) {
        good = one_seed(&r, r.seed[i], path);
    }
    (void)unlink(path);
    printf("%" PRIu64 " values compared (%" PRIu64 " exact zeros), %" PRIu64 " too large for the second engine, %" PRIu64 " for the product, %" PRIu64 " wrong; "
           "worst relative difference %.3g%s%s\n",
           r.compared, r.zeros, r.skipped, r.refused, r.wrong, r.worst, r.worst_at[0] != '\0' ? " at " : "", r.worst_at);
    return good && r.wrong == 0 && r.compared > 0 ? 0 : 1;
}
