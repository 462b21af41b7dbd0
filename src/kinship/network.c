// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/network.h"

#include <string.h>

/* A founder's joint factor over its children's genes is made in closed form up to this size and number of children; else the founder keeps variables. */
#define JOINT_MAX_CHILDREN 12
#define JOINT_MAX_WORK 4e6

/* ---- factors over genes: variables, phases and constants alike ---- */

/* A gene as one side of a factor: its variable (if any) and how a value of the variable names a class. */
typedef struct side {
    uint32_t var, domain;
    uint32_t value[2];
} side;

static side side_of(const gene *g)
{
    return (side){.var = g->var, .domain = g->domain, .value = {g->value[0], g->value[1]}};
}

static uint32_t side_class(const side *s, uint32_t v, uint32_t k)
{
    return s->domain == k && k > 2 ? v : s->value[v];
}

/* Value of a factor at classes c[0..n). */
typedef double (*value_fn)(const void *ctx, const uint32_t *c);

/* Add the factor value(c) over up to 3 genes; genes may be constants or share a variable. */
static hw_status add_factor(const network *w, net *n, const side *s, uint32_t n_sides, value_fn value, const void *ctx, hw_err *err)
{
    uint32_t vars[3];
    uint32_t n_vars = 0;
    for (uint32_t i = 0; i < n_sides; i++) {
        uint32_t at = n_vars;
        while (at > 0 && vars[at - 1] > s[i].var) {
            at--;
        }
        if (s[i].var == NET_NO_LABEL || (at > 0 && vars[at - 1] == s[i].var)) {
            continue;
        }
        memmove(vars + at + 1, vars + at, (n_vars - at) * sizeof(*vars));
        vars[at] = s[i].var;
        n_vars++;
    }
    double *table = NULL;
    HW_TRY(net_factor_new(n, vars, n_vars, &table, err));
    uint32_t index[3] = {0, 0, 0};
    size_t size = n->factor[n->n_factors - 1].size;
    for (size_t cell = 0; cell < size; cell++) {
        uint32_t c[3] = {0, 0, 0};
        for (uint32_t i = 0; i < n_sides; i++) {
            uint32_t v = 0;
            for (uint32_t d = 0; d < n_vars; d++) {
                v = vars[d] == s[i].var ? index[d] : v;
            }
            c[i] = side_class(&s[i], v, w->c.k);
        }
        table[cell] = value(ctx, c);
        for (uint32_t d = n_vars; d-- > 0;) {
            if (++index[d] < n->domain[vars[d]]) {
                break;
            }
            index[d] = 0;
        }
    }
    return HW_OK;
}

static double value_vector(const void *ctx, const uint32_t *c)
{
    return ((const double *)ctx)[c[0]];
}

typedef struct matrix_ctx {
    const double *m; /* NULL: identity */
    uint32_t k;
} matrix_ctx;

static double passes(const matrix_ctx *t, uint32_t from, uint32_t to)
{
    return t->m == NULL ? (from == to ? 1.0 : 0.0) : t->m[(size_t)from * t->k + to];
}

static double value_emission(const void *ctx, const uint32_t *c)
{
    const matrix_ctx *t = ctx;
    return t->m[(size_t)c[0] * t->k + c[1]];
}

static double value_one_gene(const void *ctx, const uint32_t *c)
{
    return passes(ctx, c[0], c[1]);
}

static double value_two_genes(const void *ctx, const uint32_t *c)
{
    return 0.5 * (passes(ctx, c[0], c[2]) + passes(ctx, c[1], c[2]));
}

/* Transmission from variables P, M to a child's variable: the plain triple, written row by row. */
static hw_status add_transmission(const network *w, net *n, const side *pat, const side *mat, const side *child, bool from_father, hw_err *err)
{
    matrix_ctx ctx = {.m = network_matrix(w, from_father), .k = w->c.k};
    uint32_t k = w->c.k;
    bool plain = ctx.m != NULL && pat->var < mat->var && mat->var != NET_NO_LABEL && child->var != NET_NO_LABEL && mat->var < child->var;
    if (!plain) {
        const side s[3] = {*pat, *mat, *child};
        return add_factor(w, n, s, 3, value_two_genes, &ctx, err);
    }
    uint32_t vars[3] = {pat->var, mat->var, child->var};
    double *table = NULL;
    HW_TRY(net_factor_new(n, vars, 3, &table, err));
    for (uint32_t a = 0; a < k; a++) {
        for (uint32_t b = 0; b < k; b++) {
            for (uint32_t v = 0; v < child->domain; v++) {
                uint32_t c = side_class(child, v, k);
                *table++ = 0.5 * (ctx.m[(size_t)a * k + c] + ctx.m[(size_t)b * k + c]);
            }
        }
    }
    return HW_OK;
}

/* ---- joint factor of a parent whose own two genes are independent ---- */

typedef struct joint {
    uint32_t m;                 /* children */
    side child[JOINT_MAX_CHILDREN];
    const double *matrix[JOINT_MAX_CHILDREN];
    double **pat; /* per subset of children: sum_g u_g prod M[g, c_i] over the subset's values */
    double **mat;
} joint;

static size_t subset_size(const joint *j, uint32_t subset)
{
    size_t size = 1;
    for (uint32_t i = 0; i < j->m; i++) {
        size *= (subset >> i) & 1 ? j->child[i].domain : 1;
    }
    return size;
}

/* Tables of all subsets for one gene of the parent with distribution u. Within a subset's table the highest child varies fastest. */
static hw_status subset_tables(const network *w, const joint *j, const double *u, double ***ret, hw_err *err)
{
    uint32_t subsets = 1u << j->m;
    double **one = HW_NEW(w->arena, double *, subsets);
    double **tables = HW_NEW(w->arena, double *, subsets);
    if (one == NULL || tables == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t a = 0; a < subsets; a++) {
        tables[a] = HW_NEW(w->arena, double, subset_size(j, a));
        one[a] = HW_NEW(w->arena, double, subset_size(j, a));
        if (tables[a] == NULL || one[a] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    for (uint32_t g = 0; g < w->c.k; g++) {
        one[0][0] = u[g];
        tables[0][0] += u[g];
        for (uint32_t a = 1; a < subsets; a++) {
            uint32_t last = 31u - (uint32_t)__builtin_clz(a);
            const side *s = &j->child[last];
            const double *base = one[a & ~(1u << last)];
            size_t n_base = subset_size(j, a & ~(1u << last));
            matrix_ctx ctx = {.m = j->matrix[last], .k = w->c.k};
            for (uint32_t v = 0; v < s->domain; v++) {
                double pass = passes(&ctx, g, side_class(s, v, w->c.k));
                for (size_t b = 0; b < n_base; b++) {
                    double x = base[b] * pass;
                    one[a][b * s->domain + v] = x;
                    tables[a][b * s->domain + v] += x;
                }
            }
        }
    }
    *ret = tables;
    return HW_OK;
}

/* out[c] += weight * pat_A[c restricted to A] * mat_rest[c restricted to the others], for one subset A. */
static void add_split(const joint *j, uint32_t subset, double weight, double *out, size_t size)
{
    uint32_t rest = ((1u << j->m) - 1) & ~subset;
    size_t stride[JOINT_MAX_CHILDREN];
    uint32_t index[JOINT_MAX_CHILDREN] = {0};
    size_t next_a = 1;
    size_t next_b = 1;
    for (uint32_t i = j->m; i-- > 0;) {
        size_t *next = (subset >> i) & 1 ? &next_a : &next_b;
        stride[i] = *next;
        *next *= j->child[i].domain;
    }
    size_t at[2] = {0, 0}; /* in the table of the rest, of the subset */
    for (size_t cell = 0; cell < size; cell++) {
        out[cell] += weight * (j->pat[subset][at[1]] * j->mat[rest][at[0]]);
        for (uint32_t i = j->m; i-- > 0;) {
            size_t *where = &at[(subset >> i) & 1];
            if (++index[i] < j->child[i].domain) {
                *where += stride[i];
                break;
            }
            *where -= stride[i] * (j->child[i].domain - 1);
            index[i] = 0;
        }
    }
}

static void joint_children(const network *w, const node *d, joint *j, uint32_t *ret_vars, uint32_t *ret_n_vars)
{
    j->m = d->n_children;
    for (uint32_t i = 0; i < j->m; i++) {
        const node *child = &w->node[w->child[d->first_child + i].node];
        bool father = w->child[d->first_child + i].from_father;
        side s = side_of(father ? &child->pat : &child->mat);
        const double *m = network_matrix(w, father);
        uint32_t at = i;
        /* Ascending variables, constants first (their variable number is the largest, so compare by it plus one). */
        while (at > 0 && j->child[at - 1].var + 1 > s.var + 1) {
            j->child[at] = j->child[at - 1];
            j->matrix[at] = j->matrix[at - 1];
            at--;
        }
        j->child[at] = s;
        j->matrix[at] = m;
    }
    *ret_n_vars = 0;
    for (uint32_t i = 0; i < j->m; i++) {
        if (j->child[i].var != NET_NO_LABEL) {
            ret_vars[(*ret_n_vars)++] = j->child[i].var;
        }
    }
}

/*
 * The parent gives each child one of two genes that are independent of each other: the sum over its genes splits over which children took the first.
 * Phi(c_1..c_m) = 2^-m sum_A S_A(c_A) S'_rest(c_rest), S_A(c_A) = sum_g u_g prod_{i in A} M[g, c_i].
 */
static hw_status add_joint(const network *w, net *n, const node *d, hw_err *err)
{
    joint *j = HW_NEW(w->arena, joint, 1);
    uint32_t vars[JOINT_MAX_CHILDREN];
    uint32_t n_vars = 0;
    if (j == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    joint_children(w, d, j, vars, &n_vars);
    double *table = NULL;
    HW_TRY(net_factor_new(n, vars, n_vars, &table, err));
    size_t size = n->factor[n->n_factors - 1].size;
    uint32_t all = (1u << j->m) - 1;
    bool same_genes = d->hemizygous || d->pat.prior == d->mat.prior;
    const double *pair = j->matrix[0] == w->c.male ? w->c.pair_male : w->c.pair_female;
    if (j->m == 2 && n_vars == 2 && j->child[0].domain == w->c.k && j->child[1].domain == w->c.k && w->c.k > 2 && pair != NULL &&
        d->mat.prior == w->c.p && same_genes) {
        const double *gamete = j->matrix[0] == w->c.male ? w->c.p_male : w->c.p_female;
        for (size_t cell = 0; cell < size; cell++) {
            table[cell] = d->hemizygous ? pair[cell] : 0.5 * (pair[cell] + gamete[cell / w->c.k] * gamete[cell % w->c.k]);
        }
        return HW_OK;
    }
    HW_TRY(subset_tables(w, j, d->mat.prior, &j->mat, err));
    if (d->hemizygous) {
        memcpy(table, j->mat[all], size * sizeof(*table));
        return HW_OK;
    }
    if (same_genes) {
        j->pat = j->mat;
    } else {
        HW_TRY(subset_tables(w, j, d->pat.prior, &j->pat, err));
    }
    double weight = 1.0;
    for (uint32_t i = 0; i < j->m; i++) {
        weight *= 0.5;
    }
    for (uint32_t subset = 0; subset <= all; subset++) {
        add_split(j, subset, weight, table, size);
    }
    return HW_OK;
}

static uint32_t expected_domain(const network *w, const node *child)
{
    if (child->what == SEEN_EXACT) {
        return child->a == child->b || child->hemizygous ? 1 : 2;
    }
    return w->c.k;
}

static bool joint_affordable(const network *w, const node *d)
{
    double size = 1.0;
    double sum = 1.0;
    for (uint32_t i = 0; i < d->n_children; i++) {
        uint32_t domain = expected_domain(w, &w->node[w->child[d->first_child + i].node]);
        size *= domain;
        sum *= 1.0 + domain;
    }
    double k = w->c.k;
    double subsets = (double)(1ul << (d->n_children < 60 ? d->n_children : 60));
    return d->n_children <= JOINT_MAX_CHILDREN && subsets * size + k * sum < JOINT_MAX_WORK && (size <= 4096.0 || size <= k * k);
}

/* ---- nodes to variables ---- */

typedef struct builder {
    network *w;
    net *n;
    const founder_blocks *blocks;
    const free_founder *free_list;
    uint32_t n_free;
    uint32_t *block_var;
} builder;

static const free_founder *find_free(const builder *b, uint32_t node_index, bool unstated, bool from_father)
{
    for (uint32_t i = 0; i < b->n_free; i++) {
        const free_founder *f = &b->free_list[i];
        if (f->node == node_index && f->unstated == unstated && (!unstated || f->from_father == from_father)) {
            return f;
        }
    }
    hw_bug("a free founder is missing from the list");
}

/* Independent distribution of the gene that node i has from its father (or mother); NULL when a factor ties it. */
static hw_status gene_prior(builder *b, uint32_t i, bool from_father, const double **ret, hw_err *err)
{
    network *w = b->w;
    node *d = &w->node[i];
    int32_t parent = from_father ? d->father : d->mother;
    *ret = NULL;
    if (!d->has_parents) {
        *ret = b->blocks == NULL ? w->c.p : NULL;
        return HW_OK;
    }
    if (parent < 0) {
        *ret = b->blocks == NULL ? network_gamete(w, from_father) : NULL;
        return HW_OK;
    }
    const node *p = &w->node[parent];
    if (p->as == AS_CONSTANT || p->as == AS_PHASE) {
        double *v = NULL;
        HW_TRY(network_transmit(w, from_father, p->a, p->b, &v, err));
        *ret = v;
    } else if (p->as == AS_VECTOR) {
        *ret = p->vector;
    }
    return HW_OK;
}

static hw_status new_gene(builder *b, gene *g, uint32_t domain, uint32_t person, bool keep, hw_err *err)
{
    g->domain = domain;
    g->value[0] = 0;
    g->value[1] = 1;
    return net_variable(b->n, domain, person, keep, &g->var, err);
}

static void scale_by(builder *b, double x)
{
    b->n->scale = hw_real_mul_d(b->n->scale, x);
}

static double founder_probability(const network *w, const node *d)
{
    double pa = w->c.p[d->a];
    double pb = w->c.p[d->b];
    if (d->hemizygous) {
        return pa;
    }
    if (d->a == d->b) {
        return pa * pa * (1.0 - d->inbreeding) + pa * d->inbreeding;
    }
    return 2.0 * pa * pb * (1.0 - d->inbreeding);
}

static hw_status vector_factor(builder *b, const gene *g, hw_err *err)
{
    side s = side_of(g);
    if (s.var == NET_NO_LABEL) {
        scale_by(b, g->prior[s.value[0]]);
        return HW_OK;
    }
    return add_factor(b->w, b->n, &s, 1, value_vector, g->prior, err);
}

static hw_status exact_node(builder *b, node *d, hw_err *err)
{
    network *w = b->w;
    scale_by(b, d->reading);
    d->as = AS_CONSTANT;
    d->pat = (gene){.prior = d->pat.prior, .var = NET_NO_LABEL, .domain = 1, .value = {d->a, d->a}};
    d->mat = (gene){.prior = d->mat.prior, .var = NET_NO_LABEL, .domain = 1, .value = {d->a, d->a}};
    if (!d->has_parents) {
        if (b->blocks == NULL) {
            scale_by(b, founder_probability(w, d));
        }
        return HW_OK;
    }
    const double *u = d->pat.prior;
    const double *v = d->mat.prior;
    if (d->hemizygous) {
        return v != NULL ? vector_factor(b, &d->mat, err) : HW_OK;
    }
    if (u != NULL && v != NULL) {
        scale_by(b, d->a == d->b ? u[d->a] * v[d->a] : u[d->a] * v[d->b] + u[d->b] * v[d->a]);
        return HW_OK;
    }
    if (d->a != d->b) {
        d->as = AS_PHASE;
        HW_TRY(new_gene(b, &d->pat, 2, d->person, false, err));
        d->mat.var = d->pat.var;
        d->mat.domain = 2;
        d->pat.value[0] = d->a;
        d->pat.value[1] = d->b;
        d->mat.value[0] = d->b;
        d->mat.value[1] = d->a;
    }
    if (u != NULL) {
        HW_TRY(vector_factor(b, &d->pat, err));
    }
    return v != NULL ? vector_factor(b, &d->mat, err) : HW_OK;
}

/* One child: the distribution it receives. More: a joint factor, added when the children's genes exist. */
static hw_status collapse(builder *b, node *d, hw_err *err)
{
    network *w = b->w;
    if (d->n_children != 1) {
        d->as = AS_JOINT;
        return HW_OK;
    }
    bool father = w->child[d->first_child].from_father;
    d->as = AS_VECTOR;
    if (d->mat.prior == w->c.p && (d->hemizygous || d->pat.prior == w->c.p)) {
        d->vector = HW_NEW(w->arena, double, w->c.k);
        if (d->vector == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        memcpy(d->vector, network_gamete(w, father), w->c.k * sizeof(double));
        return HW_OK;
    }
    double *mixed = HW_NEW(w->arena, double, w->c.k);
    d->vector = HW_NEW(w->arena, double, w->c.k);
    if (mixed == NULL || d->vector == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t g = 0; g < w->c.k; g++) {
        mixed[g] = d->hemizygous ? d->mat.prior[g] : 0.5 * (d->pat.prior[g] + d->mat.prior[g]);
    }
    const double *m = network_matrix(w, father);
    if (m == NULL) {
        memcpy(d->vector, mixed, w->c.k * sizeof(double));
        return HW_OK;
    }
    for (uint32_t g = 0; g < w->c.k; g++) {
        for (uint32_t c = 0; c < w->c.k; c++) {
            d->vector[c] += mixed[g] * m[(size_t)g * w->c.k + c];
        }
    }
    return HW_OK;
}

typedef struct inbred_ctx {
    const double *p;
    double f;
} inbred_ctx;

static double value_inbred(const void *ctx, const uint32_t *c)
{
    const inbred_ctx *t = ctx;
    return (1.0 - t->f) * t->p[c[0]] * t->p[c[1]] + (c[0] == c[1] ? t->f * t->p[c[0]] : 0.0);
}

static void block_gene(const builder *b, gene *g, uint32_t free_gene)
{
    *g = (gene){.var = b->block_var[b->blocks->block[free_gene]], .domain = b->w->c.k, .value = {0, 1}};
}

static hw_status variables_node(builder *b, uint32_t i, hw_err *err)
{
    network *w = b->w;
    node *d = &w->node[i];
    d->as = AS_VARIABLES;
    bool shared = b->blocks != NULL && !d->has_parents;
    if (shared) {
        const free_founder *f = find_free(b, i, false, false);
        block_gene(b, &d->mat, f->first_gene);
        if (!d->hemizygous) {
            block_gene(b, &d->pat, f->first_gene + f->n_genes - 1);
        }
    } else {
        if (!d->hemizygous) {
            HW_TRY(new_gene(b, &d->pat, w->c.k, d->person, d->query, err));
        }
        HW_TRY(new_gene(b, &d->mat, w->c.k, d->person, d->query, err));
    }
    if (d->hemizygous) {
        d->pat = (gene){.var = NET_NO_LABEL, .domain = 1};
    }
    if (shared && d->query) {
        b->n->keep[d->mat.var] = true;
        b->n->keep[d->hemizygous ? d->mat.var : d->pat.var] = true;
    }
    const side both[2] = {side_of(&d->pat), side_of(&d->mat)};
    if (!d->has_parents && d->inbreeding > 0.0 && !d->hemizygous) {
        inbred_ctx ctx = {.p = w->c.p, .f = d->inbreeding};
        HW_TRY(add_factor(w, b->n, both, 2, value_inbred, &ctx, err));
    } else {
        if (!d->hemizygous && d->pat.prior != NULL) {
            HW_TRY(vector_factor(b, &d->pat, err));
        }
        if (d->mat.prior != NULL) {
            HW_TRY(vector_factor(b, &d->mat, err));
        }
    }
    if (d->what != SEEN_UNSURE) {
        return HW_OK;
    }
    if (d->hemizygous) {
        return add_factor(w, b->n, &both[1], 1, value_vector, d->emission, err);
    }
    matrix_ctx ctx = {.m = d->emission, .k = w->c.k};
    return add_factor(w, b->n, both, 2, value_emission, &ctx, err);
}

/* Under theta, a founder of whom one gene matters hands it straight to its child. */
static bool single_free_gene(const builder *b, uint32_t i)
{
    const node *d = &b->w->node[i];
    return b->blocks != NULL && !d->has_parents && d->what == SEEN_NOTHING && !d->query && (d->n_children == 1 || d->hemizygous);
}

static hw_status place_node(builder *b, uint32_t i, hw_err *err)
{
    node *d = &b->w->node[i];
    HW_TRY(gene_prior(b, i, true, &d->pat.prior, err));
    HW_TRY(gene_prior(b, i, false, &d->mat.prior, err));
    if (d->what == SEEN_EXACT) {
        return exact_node(b, d, err);
    }
    if (single_free_gene(b, i)) {
        d->as = AS_VARIABLES;
        block_gene(b, &d->mat, find_free(b, i, false, false)->first_gene);
        d->pat = d->mat;
        return HW_OK;
    }
    bool independent = d->mat.prior != NULL && (d->hemizygous || d->pat.prior != NULL);
    bool inbred = !d->has_parents && d->inbreeding > 0.0 && !d->hemizygous && d->n_children > 1;
    if (d->what == SEEN_NOTHING && !d->query && independent && !inbred && (d->n_children == 1 || joint_affordable(b->w, d))) {
        return collapse(b, d, err);
    }
    return variables_node(b, i, err);
}

/* Factors from the parents of a node to its genes, where the gene has no independent distribution. */
static hw_status tie_to_parents(builder *b, uint32_t i, hw_err *err)
{
    network *w = b->w;
    node *d = &w->node[i];
    for (int side_no = 0; side_no < 2 && d->has_parents; side_no++) {
        bool from_father = side_no == 0;
        gene *g = from_father ? &d->pat : &d->mat;
        int32_t parent = from_father ? d->father : d->mother;
        if (g->prior != NULL || (from_father && d->hemizygous)) {
            continue;
        }
        side child = side_of(g);
        matrix_ctx ctx = {.m = network_matrix(w, from_father), .k = w->c.k};
        if (parent < 0) {
            gene unstated = {0};
            block_gene(b, &unstated, find_free(b, i, true, from_father)->first_gene);
            const side s[2] = {side_of(&unstated), child};
            HW_TRY(add_factor(w, b->n, s, 2, value_one_gene, &ctx, err));
            continue;
        }
        const node *p = &w->node[parent];
        if (p->as != AS_VARIABLES) {
            continue; /* a joint factor of the parent holds it */
        }
        side pat = side_of(&p->pat);
        side mat = side_of(&p->mat);
        if (p->hemizygous || (pat.var == mat.var && pat.var != NET_NO_LABEL)) {
            const side s[2] = {mat, child};
            HW_TRY(add_factor(w, b->n, s, 2, value_one_gene, &ctx, err));
        } else {
            HW_TRY(add_transmission(w, b->n, &pat, &mat, &child, from_father, err));
        }
    }
    return HW_OK;
}

static hw_status block_variables(builder *b, hw_err *err)
{
    b->block_var = HW_NEW(b->w->arena, uint32_t, b->blocks->n_blocks + 1);
    if (b->block_var == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < b->blocks->n_blocks; i++) {
        HW_TRY(net_variable(b->n, b->w->c.k, NET_NO_LABEL, false, &b->block_var[i], err));
        side s = {.var = b->block_var[i], .domain = b->w->c.k, .value = {0, 1}};
        HW_TRY(add_factor(b->w, b->n, &s, 1, value_vector, b->blocks->prior, err));
    }
    return HW_OK;
}

hw_status network_build(network *w, const founder_blocks *blocks, const free_founder *free_list, uint32_t n_free, net *ret, hw_err *err)
{
    uint32_t n_blocks = blocks == NULL ? 0 : blocks->n_blocks;
    HW_TRY(net_init(ret, w->arena, 2 * w->n + n_blocks, 10 * w->n + n_blocks, err));
    builder b = {.w = w, .n = ret, .blocks = blocks, .free_list = free_list, .n_free = n_free};
    if (blocks != NULL) {
        HW_TRY(block_variables(&b, err));
    }
    for (uint32_t i = 0; i < w->n; i++) {
        w->node[i].pat = (gene){.var = NET_NO_LABEL, .domain = 1};
        w->node[i].mat = (gene){.var = NET_NO_LABEL, .domain = 1};
        HW_TRY(place_node(&b, i, err));
    }
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->node[i].as == AS_JOINT) {
            HW_TRY(add_joint(w, ret, &w->node[i], err));
        }
        if (w->node[i].as != AS_VECTOR && w->node[i].as != AS_JOINT) {
            HW_TRY(tie_to_parents(&b, i, err));
        }
    }
    return HW_OK;
}

hw_status network_free_genes(const network *w, free_founder **ret, uint32_t *ret_n, uint32_t *ret_genes, hw_err *err)
{
    free_founder *list = HW_NEW(w->arena, free_founder, (size_t)w->n * 2 + 1);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n = 0;
    uint32_t genes = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        const node *d = &w->node[i];
        if (!d->has_parents && d->what != SEEN_EXACT) {
            uint32_t count = d->hemizygous || (d->what == SEEN_NOTHING && !d->query && d->n_children == 1) ? 1 : 2;
            list[n++] = (free_founder){.node = i, .first_gene = genes, .n_genes = count};
            genes += count;
        }
        for (int side_no = 0; side_no < 2 && d->has_parents; side_no++) {
            bool from_father = side_no == 0;
            if ((from_father ? d->father : d->mother) < 0 && !(from_father && d->hemizygous)) {
                list[n++] = (free_founder){.node = i, .unstated = true, .from_father = from_father, .first_gene = genes, .n_genes = 1};
                genes++;
            }
        }
    }
    *ret = list;
    *ret_n = n;
    *ret_genes = genes;
    return HW_OK;
}

hw_status network_check_cost(const network *w, const net *n, const net_cost *cost, double repeats, const hw_engine_limits *limits, hw_err *err)
{
    double operations = cost->operations * repeats;
    if (operations <= limits->max_operations && cost->bytes <= (double)limits->max_bytes) {
        return HW_OK;
    }
    char who[300] = "";
    size_t len = 0;
    uint32_t last = NET_NO_LABEL;
    for (uint32_t i = 0; i < cost->n_widest && len < sizeof(who) - 1; i++) {
        uint32_t person = n->label[cost->widest[i]];
        if (person == NET_NO_LABEL || person == last) {
            continue;
        }
        last = person;
        const char *id = w->ped->person[person].id;
        size_t room = sizeof(who) - 1 - len;
        size_t take = strlen(id);
        if (take + 2 > room) {
            break;
        }
        memcpy(who + len, len > 0 ? ", " : "", len > 0 ? 2 : 0);
        len += len > 0 ? 2 : 0;
        memcpy(who + len, id, take);
        len += take;
        who[len] = '\0';
    }
    return HW_FAIL(err, HW_TOO_COSTLY,
                   "locus %s: the exact likelihood of this pedigree would take %.1e operations and %.1e bytes (limits %.1e, %.1e). The untyped persons %s depend "
                   "on each other; type one of them, or leave one out of the pedigree",
                   w->lm->locus, operations, cost->bytes, limits->max_operations, (double)limits->max_bytes, who);
}
