/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* engine2 FILE.json: the likelihoods of every case and hypothesis. */
#include "casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void skip(const char *kase, const char *hypothesis, const char *which, const char *why)
{
    printf("skip %s %s %s %s\n", kase, hypothesis, which, why);
}

static void report(const struct pedigree *pedigree, const struct locus *loci, size_t n, double limit, const char *label[3])
{
    double value = 0.0;
    const char *why = likelihood(pedigree, loci, n, limit, &value);

    if (why != NULL)
        skip(label[0], label[1], label[2], why);
    else
        printf("%s %s %s %.17g\n", label[0], label[1], label[2], value);
}

static void hypothesis(const json_t *root, const json_t *kase, const json_t *entry, const char *label[3], double limit)
{
    const json_t *markers = json_object_get(kase, "markers");
    bool linked = json_is_number(json_object_get(kase, "rho"));
    size_t n = json_array_size(markers);
    struct family *family = calloc(1, sizeof *family);
    struct locus *loci = calloc(n + 1, sizeof *loci);
    const char *why;
    bool complete = true;
    char which[32];

    if (family == NULL || loci == NULL)
        abort();
    label[2] = which;
    why = read_family(kase, entry, family);
    for (size_t m = 0; m < n; m++) {
        const char *bad = why;

        (void)snprintf(which, sizeof which, "%zu", m);
        if (bad == NULL)
            bad = read_locus(root, kase, json_array_get(markers, m), family, &loci[m]);
        if (bad == NULL) {
            report(&family->pedigree, &loci[m], 1, limit, label);
        } else {
            skip(label[0], label[1], which, bad);
            complete = false;
        }
    }
    label[2] = "pair";
    if (linked && complete && n == 2)
        report(&family->pedigree, loci, 2, limit, label);
    else if (linked)
        skip(label[0], label[1], "pair", "not two good markers");
    for (size_t m = 0; m < n; m++)
        free_locus(&loci[m]);
    free(loci);
    free(family);
}

static int cases(const json_t *root, double limit)
{
    const json_t *list = json_object_get(root, "cases");

    if (!json_is_array(list)) {
        (void)fputs("engine2: no cases\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *kase = json_array_get(list, i);
        const json_t *hyps = json_object_get(kase, "hypotheses");
        const char *label[3] = {NULL, NULL, NULL};

        label[0] = json_string_value(json_object_get(kase, "id"));
        for (size_t h = 0; h < json_array_size(hyps); h++) {
            const json_t *entry = json_array_get(hyps, h);

            label[1] = json_string_value(json_object_get(entry, "name"));
            if (label[0] != NULL && label[1] != NULL)
                hypothesis(root, kase, entry, label, limit);
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    double limit = 1e8;
    const char *path = NULL;
    json_error_t error;
    json_t *root;
    int result;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--limit") == 0 && i + 1 < argc)
            limit = strtod(argv[++i], NULL);
        else
            path = argv[i];
    }
    if (path == NULL) {
        (void)fputs("usage: engine2 [--limit STEPS] FILE.json\n", stderr);
        return 2;
    }
    root = json_load_file(path, 0, &error);
    if (root == NULL) {
        (void)fprintf(stderr, "engine2: %s:%d: %s\n", path, error.line, error.text);
        return 1;
    }
    result = cases(root, limit);
    json_decref(root);
    return result;
}
