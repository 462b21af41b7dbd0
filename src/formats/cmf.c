// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Reading CODIS CMF. */
#include "formats/cmf.h"

#include <string.h>

#include "formats/relations.h"
#include "formats/xml_input.h"

#define MAX_SPECIMENS ((size_t)5000000)
#define MAX_TEXT 1000

const char *const cmf_loci[] = {
    "Amelogenin", "CSF1PO",  "D10S1248", "D12S391",  "D13S317", "D16S539", "D18S51",  "D19S433",  "D1S1656",   "D21S11",
    "D22S1045",   "D2S1338", "D2S441",   "D3S1358",  "D5S818",  "D7S820",  "D8S1179", "FGA",      "Penta D",   "Penta E",
    "SE33",       "TH01",    "TPOX",     "vWA",      "DYF387S1", "DYS19",  "DYS385",  "DYS389 I", "DYS389 II", "DYS390",
    "DYS391",     "DYS392",  "DYS393",   "DYS437",   "DYS438",  "DYS439",  "DYS448",  "DYS449",   "DYS456",    "DYS458",
    "DYS460",     "DYS481",  "DYS518",   "DYS533",   "DYS549",  "DYS570",  "DYS576",  "DYS627",   "DYS635",    "DYS643",
    "YGATAH4",    "Yindel",  NULL};

const char *const cmf_kits[] = {"AmpFLSTR NGM",
                                "AmpFLSTR NGM SElect",
                                "AmpFlSTR Yfiler Plus",
                                "COfiler",
                                "GlobalFiler",
                                "GlobalFiler Express",
                                "Identifiler",
                                "Identifiler Direct",
                                "Identifiler Plus",
                                "Investigator 24plex GO! Kit",
                                "Investigator 24plex QS Kit",
                                "MiniFiler",
                                "Monoplex CSF1PO",
                                "Monoplex D13S317",
                                "Monoplex D16S539",
                                "Monoplex D5S818",
                                "Monoplex D7S820",
                                "Monoplex TH01",
                                "Monoplex TPOX",
                                "Monoplex vWA",
                                "PowerPlex 1.1",
                                "PowerPlex 1.2",
                                "PowerPlex 16",
                                "PowerPlex 16 HS",
                                "PowerPlex 2.1",
                                "PowerPlex ESI 16",
                                "PowerPlex ESI 17 Pro",
                                "PowerPlex ESX 16",
                                "PowerPlex ESX 17",
                                "PowerPlex Fusion",
                                "PowerPlex Fusion 6C",
                                "Powerplex Y",
                                "Powerplex Y23",
                                "Profiler Plus",
                                "SGM Plus",
                                "Y-PLEX 5",
                                "Y-PLEX 6",
                                "Yfiler",
                                NULL};

const char *const cmf_categories[] = {"Alleged Father",
                                      "Alleged Mother",
                                      "Arrestee",
                                      "Biological Child",
                                      "Biological Father",
                                      "Biological Mother",
                                      "Biological Sibling",
                                      "CO Duplicate",
                                      "Convicted Offender",
                                      "Deceased",
                                      "Deduced Missing Person",
                                      "Deduced Suspect",
                                      "Detainee",
                                      "Elimination, Known",
                                      "Forensic Mixture",
                                      "Forensic Partial",
                                      "Forensic Targeted",
                                      "Forensic, Unknown",
                                      "Juvenile",
                                      "Legal",
                                      "Maternal Relative",
                                      "Missing Person",
                                      "Multi-allelic Offender",
                                      "Other",
                                      "Paternal Relative",
                                      "Population",
                                      "Proficiency",
                                      "Spouse",
                                      "Staff",
                                      "Suspect, Known",
                                      "Unidentified Person",
                                      "Unreviewed Offender",
                                      "Victim, Known",
                                      "Volunteer",
                                      NULL};

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool ignored(char c)
{
    return c == ' ' || c == '-' || c == '_' || c == '\t';
}

const char *cmf_find(const char *const *names, const char *s)
{
    for (; *names != NULL; names++) {
        const char *a = *names, *b = s;
        for (;;) {
            a += strspn(a, " -_\t");
            while (ignored(*b)) {
                b++;
            }
            if (*a == '\0' || folded(*a) != folded(*b)) {
                break;
            }
            a++;
            b++;
        }
        if (*a == '\0' && *b == '\0') {
            return *names;
        }
    }
    return NULL;
}

/* What a category makes of a specimen. */
typedef enum role { ROLE_PLAIN, ROLE_CHILD, ROLE_RELATIVE, ROLE_UNPLACED } role;

static role category_role(const char *category, hw_relation *ret)
{
    static const struct {
        const char *name;
        role role;
        hw_relation relation;
    } roles[] = {
        {"Unidentified Person", ROLE_CHILD, HW_RELATION_NONE},     {"Missing Person", ROLE_CHILD, HW_RELATION_NONE},
        {"Biological Mother", ROLE_RELATIVE, HW_RELATION_MOTHER},  {"Biological Father", ROLE_RELATIVE, HW_RELATION_FATHER},
        {"Alleged Mother", ROLE_RELATIVE, HW_RELATION_MOTHER},     {"Alleged Father", ROLE_RELATIVE, HW_RELATION_FATHER},
        {"Biological Sibling", ROLE_RELATIVE, HW_RELATION_SIBLING}, {"Biological Child", ROLE_RELATIVE, HW_RELATION_CHILD},
        {"Spouse", ROLE_RELATIVE, HW_RELATION_SPOUSE},             {"Maternal Relative", ROLE_UNPLACED, HW_RELATION_NONE},
        {"Paternal Relative", ROLE_UNPLACED, HW_RELATION_NONE},
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (hw_str_ieq(category, roles[i].name)) {
            *ret = roles[i].relation;
            return roles[i].role;
        }
    }
    *ret = HW_RELATION_NONE;
    return ROLE_PLAIN;
}

typedef struct relative_entry {
    hw_relative r;
    uint32_t next; /* of the same case, plus 1 */
} relative_entry;

typedef struct cmf_reader {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_xml xml;
    bool rapid;
    const char *version, *kit, *source;
    hw_map kits;      /* kits that a note was made of */
    relative_entry *entry;
    size_t n, cap;
    hw_map families;  /* case -> first entry, plus 1 */
    hw_map last;      /* case -> last entry */
} cmf_reader;

static hw_status child_text(const cmf_reader *r, const xmlNode *node, const char *name, bool required, const char **ret)
{
    const xmlNode *c = hw_xml_child(node, name);
    *ret = NULL;
    if (c == NULL) {
        return required ? HW_FAIL(r->err, HW_PARSE, "the element %s is missing", name) : HW_OK;
    }
    hw_status s = hw_xml_text(c, &r->d->arena, MAX_TEXT, ret, r->err);
    if (s != HW_OK) {
        hw_err_prefix(r->err, "%s: ", name);
        return s;
    }
    if ((*ret)[0] == '\0') {
        *ret = NULL;
        return required ? HW_FAIL(r->err, HW_PARSE, "the element %s is empty", name) : HW_OK;
    }
    return HW_OK;
}

/* OSIRIS and others write kits that the schema does not know ("PowerPlex16"): accepted, and said once. */
static hw_status check_kit(cmf_reader *r, const char *kit, uint32_t line)
{
    uint64_t x;
    if (hw_map_get(&r->kits, kit, &x)) {
        return HW_OK;
    }
    HW_TRY(hw_map_put(&r->kits, kit, 1, r->err));
    const char *known = cmf_find(cmf_kits, kit);
    if (known == NULL || !hw_streq(known, kit)) {
        hw_dataset_note(r->d, r->in->name, line, "the kit \"%.60s\" is no name of the CMF schema%s%s%s: read all the same", kit,
                        known != NULL ? " (\"" : "", known != NULL ? known : "", known != NULL ? "\")" : "");
    }
    return HW_OK;
}

static hw_status read_locus(cmf_reader *r, const xmlNode *node, bool partial, hw_profile *p)
{
    hw_dataset *d = r->d;
    const char *name = NULL, *kit = NULL;
    HW_TRY(child_text(r, node, "LOCUSNAME", true, &name));
    HW_TRY(hw_xml_attribute(node, "KIT", &d->arena, MAX_TEXT, &kit, r->err));
    if (kit == NULL) {
        HW_TRY(child_text(r, node, "KIT", false, &kit));
    }
    if (kit != NULL && kit[0] != '\0') {
        HW_TRY(check_kit(r, kit, hw_xml_line(node)));
        p->kit = p->kit == NULL ? kit : p->kit;
    }
    uint32_t locus;
    HW_TRY(hw_panel_add(&d->panel, name, HW_LOCUS_AUTO, &locus, r->err));
    if (hw_genotype_typed(hw_profile_at(p, locus)) || hw_profile_extra(p, locus) != NULL) {
        return HW_FAIL(r->err, HW_CONFLICT, "the locus %s stands twice in this specimen", name);
    }
    hw_allele allele[8];
    unsigned n = 0;
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (!hw_xml_is(c, "ALLELE")) {
            continue;
        }
        const char *value = NULL;
        if (n == 8) {
            return HW_FAIL(r->err, HW_PARSE, "%s: more than 8 alleles", name);
        }
        HW_TRY(child_text(r, c, "ALLELEVALUE", true, &value));
        if (hw_allele_parse(value, strlen(value), &allele[n], r->err) != HW_OK) {
            hw_err_prefix(r->err, "%s: ", name);
            return r->err->code;
        }
        n += allele[n] != HW_ALLELE_UNKNOWN;
    }
    if (n == 0) {
        return HW_FAIL(r->err, HW_PARSE, "%s: no allele; expected 1 to 8 elements ALLELE", name);
    }
    /* one allele is a homozygote; in a specimen marked partial the other one may have dropped out */
    bool autosomal = d->panel.locus[locus].kind == HW_LOCUS_AUTOSOMAL;
    return hw_profile_set(p, &d->arena, &d->panel, locus, allele, n, n == 1 && partial && autosomal, r->err);
}

static hw_status read_specimen_content(cmf_reader *r, const xmlNode *node, hw_profile **ret)
{
    hw_dataset *d = r->d;
    const char *id = NULL, *family = NULL, *partial = NULL, *comment = NULL, *category = NULL;
    HW_TRY(child_text(r, node, "SPECIMENID", true, &id));
    HW_TRY(child_text(r, node, "SPECIMENCATEGORY", true, &category));
    HW_TRY(child_text(r, node, "SPECIMENCOMMENT", false, &comment));
    HW_TRY(hw_xml_attribute(node, "CASEID", &d->arena, MAX_TEXT, &family, r->err));
    HW_TRY(hw_xml_attribute(node, "PARTIAL", &d->arena, MAX_TEXT, &partial, r->err));
    hw_profile *p = hw_profile_new(&d->arena, id, (uint32_t)d->panel.n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    p->family = family != NULL && family[0] != '\0' ? family : NULL;
    p->category = category;
    p->comment = hw_format_take_mark(comment, &p->synthetic);
    d->synthetic |= p->synthetic;
    p->line = hw_xml_line(node);
    bool is_partial = partial != NULL && (hw_streq(partial, "true") || hw_streq(partial, "1"));
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (!hw_xml_is(c, "LOCUS")) {
            continue;
        }
        if (read_locus(r, c, is_partial, p) != HW_OK) {
            hw_err_prefix(r->err, "specimen %s, locus at line %u: ", id, hw_xml_line(c));
            return r->err->code;
        }
    }
    if (is_partial) {
        hw_dataset_note(d, r->in->name, p->line, "specimen %s is marked partial: where it shows one allele, the other is taken as not known", id);
    }
    p->kit = p->kit == NULL ? r->kit : p->kit;
    p->sex = hw_profile_amelogenin(p, &d->panel);
    *ret = p;
    return HW_OK;
}

static hw_status keep_relative(cmf_reader *r, hw_profile *p, hw_relation relation)
{
    HW_TRY(HW_GROW(r->entry, r->n, r->cap, MAX_SPECIMENS, "specimens", r->err));
    uint64_t last;
    if (hw_map_get(&r->last, p->family, &last)) {
        r->entry[last].next = (uint32_t)r->n + 1;
    } else {
        HW_TRY(hw_map_put(&r->families, p->family, r->n + 1, r->err));
    }
    HW_TRY(hw_map_put(&r->last, p->family, r->n, r->err));
    r->entry[r->n++] = (relative_entry){{.person = p->person, .relation = relation, .sex = p->sex, .profile = p, .line = p->line}, 0};
    return HW_OK;
}

static hw_status read_specimen(cmf_reader *r, const xmlNode *node)
{
    hw_dataset *d = r->d;
    hw_profile *p = NULL;
    hw_relation relation;
    HW_TRY(read_specimen_content(r, node, &p));
    role what = category_role(p->category, &relation);
    if (what == ROLE_RELATIVE && p->family == NULL) {
        hw_dataset_note(d, r->in->name, p->line, "specimen %s (%s) has no CASEID: it belongs to no family", p->id, p->category);
        what = ROLE_PLAIN;
    }
    if (what == ROLE_RELATIVE) {
        if (hw_dataset_find_profile(d, p->id) != NULL) {
            return HW_FAIL(r->err, HW_CONFLICT, "the specimen id \"%s\" is taken", p->id);
        }
        if (relation == HW_RELATION_MOTHER || relation == HW_RELATION_FATHER) {
            hw_sex stated = relation == HW_RELATION_MOTHER ? HW_SEX_FEMALE : HW_SEX_MALE;
            if (p->sex != HW_SEX_UNKNOWN && p->sex != stated) {
                hw_dataset_note(d, r->in->name, p->line, "specimen %s is a %s by its amelogenin, but a %s: check for a mix-up", p->id,
                                p->sex == HW_SEX_MALE ? "male" : "female", p->category);
            }
            p->sex = stated;
        }
        if (hw_str_starts(p->category, "Alleged")) {
            hw_dataset_note(d, r->in->name, p->line, "specimen %s (%s) is taken for the parent", p->id, p->category);
        }
        return keep_relative(r, p, relation);
    }
    if (what == ROLE_UNPLACED) {
        hw_dataset_note(d, r->in->name, p->line, "specimen %s (%s): the category does not say which relative: it is not used for the family", p->id,
                        p->category);
    }
    bool child = what == ROLE_CHILD || (what == ROLE_PLAIN && r->o->role == HW_FORMAT_ROLE_CHILDREN && p->family == NULL);
    return child ? hw_dataset_add_child(d, p, r->err) : hw_dataset_add_profile(d, p, r->err);
}

static hw_status build_families(cmf_reader *r)
{
    HW_AUTO_FREE hw_relative *list = hw_alloc(r->n, sizeof *list);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < r->families.count; i++) {
        const char *id = r->families.entries[i].key;
        size_t n = 0, bad = 0;
        for (uint32_t k = (uint32_t)r->families.entries[i].value; k != 0; k = r->entry[k - 1].next) {
            list[n++] = r->entry[k - 1].r;
        }
        if (hw_relations_build(r->d, r->in->name, id, list, n, &bad, r->err) != HW_OK) {
            uint32_t line = bad < n ? list[bad].line : list[0].line;
            HW_TRY(hw_format_bad(r->in, r->o, &(hw_format_where){.line = line, .field = "CASEID", .record = id, .record_len = strlen(id)}, r->err));
        }
    }
    return HW_OK;
}

static hw_status read_header(cmf_reader *r, const xmlNode *node, const char *name)
{
    const char *text = NULL;
    HW_TRY(hw_xml_text(node, &r->d->arena, MAX_TEXT, &text, r->err));
    if (hw_streq(name, "HEADERVERSION")) {
        r->version = text;
        if (!hw_streq(text, "3.2") && !hw_streq(text, "3.3")) {
            hw_dataset_note(r->d, r->in->name, hw_xml_line(node), "CMF version \"%.20s\": read as 3.2 and 3.3 are", text);
        }
    } else if (hw_streq(name, "KIT") && text[0] != '\0') {
        r->kit = text;
        return check_kit(r, text, hw_xml_line(node));
    }
    return HW_OK;
}

static hw_status read_all(cmf_reader *r)
{
    const char *name;
    int depth;
    bool skip = false;
    for (;;) {
        HW_TRY(hw_xml_next(&r->xml, skip, &name, &depth));
        if (name == NULL) {
            break;
        }
        skip = depth == 1;
        if (depth == 0) {
            r->rapid = hw_streq(name, "CODISRapidImportFile");
            if (!r->rapid && !hw_streq(name, "CODISImportFile")) {
                return HW_FAIL(r->err, HW_PARSE, "%s: expected the element <CODISImportFile>, found <%.60s>", r->in->name, name);
            }
        } else if (depth == 1) {
            bool specimen = hw_streq(name, "SPECIMEN");
            xmlNodePtr node;
            HW_TRY(hw_xml_expand(&r->xml, &node));
            if ((specimen ? read_specimen(r, node) : read_header(r, node, (const char *)node->name)) != HW_OK) {
                const xmlNode *id = hw_xml_child(node, "SPECIMENID");
                const char *record = NULL;
                if (id != NULL && hw_xml_text(id, &r->d->arena, MAX_TEXT, &record, NULL) != HW_OK) {
                    record = NULL;
                }
                HW_TRY(hw_format_bad(r->in, r->o,
                                     &(hw_format_where){.line = hw_xml_line(node),
                                                        .field = specimen ? "SPECIMEN" : (const char *)node->name,
                                                        .record = record,
                                                        .record_len = record != NULL ? strlen(record) : 0},
                                     r->err));
            }
        }
    }
    return build_families(r);
}

static hw_status read_cmf(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    cmf_reader r = {.in = in, .o = o, .d = d, .err = err};
    hw_map_init(&r.kits, 100000);
    hw_map_init(&r.families, MAX_SPECIMENS);
    hw_map_init(&r.last, MAX_SPECIMENS);
    hw_status s = hw_xml_open(&r.xml, in, err);
    s = s == HW_OK ? read_all(&r) : s;
    hw_xml_close(&r.xml);
    hw_map_release(&r.kits);
    hw_map_release(&r.families);
    hw_map_release(&r.last);
    hw_free(r.entry);
    return s;
}

static hw_status write_cmf(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    (void)o;
    return hw_cmf_write(d, &(const hw_cmf_header){0}, out, losses, err);
}

static int detect(const hw_format_input *in)
{
    char root[64];
    bool found = hw_xml_root(in, root, sizeof root);
    return found && (hw_streq(root, "CODISImportFile") || hw_streq(root, "CODISRapidImportFile")) ? 100 : 0;
}

const hw_format hw_format_cmf_xml = {
    .id = HW_FORMAT_CMF_XML,
    .name = "cmf",
    .title = "CODIS CMF 3.2 and 3.3, XML",
    .extensions = "xml|cmf",
    .max_bytes = HW_XML_MAX_BYTES,
    .detect = detect,
    .read = read_cmf,
    .write = write_cmf,
};
