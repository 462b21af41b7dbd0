// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The known loci, the finding of a locus by any spelling, and the panel of a run.
 *
 * The table lists what the common kits type (CODIS 20, Penta D and E, the kits of Chinese laboratories, Argus X-12 and the 19-locus
 * X kits, Yfiler Plus, PowerPlex Y23 and the 41-locus Y kits) and what the shipped frequency tables list. Names that look alike are
 * not always one locus: D5S2500 and D5S2800, D4S2366 and D4S2408 are different. A locus that is not here is still accepted,
 * under the name it was read with.
 */
#include "kinship/locus.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* name, kind, copies, chromosome, aliases. Spellings that fold alike ("PENTA_D", "penta d") need no alias. */
static const hw_locus_info loci[] = {
    {"D1GATA113", HW_LOCUS_AUTOSOMAL, 2, "1", "GATA113"},
    {"D1S1627", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"D1S1656", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"D1S1677", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"D1S1679", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"D1S533", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"D1S549", HW_LOCUS_AUTOSOMAL, 2, "1", ""},
    {"F13B", HW_LOCUS_AUTOSOMAL, 2, "1", "HUMF13B"},
    {"D2S1338", HW_LOCUS_AUTOSOMAL, 2, "2", ""},
    {"D2S1360", HW_LOCUS_AUTOSOMAL, 2, "2", ""},
    {"D2S1772", HW_LOCUS_AUTOSOMAL, 2, "2", ""},
    {"D2S1776", HW_LOCUS_AUTOSOMAL, 2, "2", ""},
    {"D2S441", HW_LOCUS_AUTOSOMAL, 2, "2", ""},
    {"TPOX", HW_LOCUS_AUTOSOMAL, 2, "2", "TP0X|HUMTPOX"},
    {"D3S1358", HW_LOCUS_AUTOSOMAL, 2, "3", ""},
    {"D3S1744", HW_LOCUS_AUTOSOMAL, 2, "3", ""},
    {"D3S3045", HW_LOCUS_AUTOSOMAL, 2, "3", ""},
    {"D3S3053", HW_LOCUS_AUTOSOMAL, 2, "3", ""},
    {"D3S4529", HW_LOCUS_AUTOSOMAL, 2, "3", ""},
    {"D4S2364", HW_LOCUS_AUTOSOMAL, 2, "4", ""},
    {"D4S2366", HW_LOCUS_AUTOSOMAL, 2, "4", ""},
    {"D4S2408", HW_LOCUS_AUTOSOMAL, 2, "4", ""},
    {"FGA", HW_LOCUS_AUTOSOMAL, 2, "4", "FIBRA|HUMFIBRA|HUMFGA"},
    {"CSF1PO", HW_LOCUS_AUTOSOMAL, 2, "5", "CSF|CSF1P0|HUMCSF1PO"},
    {"D5S2500", HW_LOCUS_AUTOSOMAL, 2, "5", ""},
    {"D5S2800", HW_LOCUS_AUTOSOMAL, 2, "5", ""},
    {"D5S818", HW_LOCUS_AUTOSOMAL, 2, "5", ""},
    {"D6S1017", HW_LOCUS_AUTOSOMAL, 2, "6", ""},
    {"D6S1043", HW_LOCUS_AUTOSOMAL, 2, "6", ""},
    {"D6S474", HW_LOCUS_AUTOSOMAL, 2, "6", ""},
    {"D6S477", HW_LOCUS_AUTOSOMAL, 2, "6", ""},
    {"F13A01", HW_LOCUS_AUTOSOMAL, 2, "6", "F13A1|F13A|HUMF13A01|HUMF13A1"},
    {"SE33", HW_LOCUS_AUTOSOMAL, 2, "6", "ACTBP2|HUMACTBP2|HUMACTBP2SE33"},
    {"D7S1517", HW_LOCUS_AUTOSOMAL, 2, "7", ""},
    {"D7S3048", HW_LOCUS_AUTOSOMAL, 2, "7", ""},
    {"D7S820", HW_LOCUS_AUTOSOMAL, 2, "7", ""},
    {"D8S1115", HW_LOCUS_AUTOSOMAL, 2, "8", ""},
    {"D8S1132", HW_LOCUS_AUTOSOMAL, 2, "8", ""},
    {"D8S1179", HW_LOCUS_AUTOSOMAL, 2, "8", "D6S502"},
    {"D8S639", HW_LOCUS_AUTOSOMAL, 2, "8", ""},
    {"LPL", HW_LOCUS_AUTOSOMAL, 2, "8", "HUMLPL"},
    {"D9S1122", HW_LOCUS_AUTOSOMAL, 2, "9", ""},
    {"D9S2157", HW_LOCUS_AUTOSOMAL, 2, "9", ""},
    {"D9S925", HW_LOCUS_AUTOSOMAL, 2, "9", ""},
    {"Penta C", HW_LOCUS_AUTOSOMAL, 2, "9", ""},
    {"D10S1248", HW_LOCUS_AUTOSOMAL, 2, "10", ""},
    {"D10S1435", HW_LOCUS_AUTOSOMAL, 2, "10", ""},
    {"D10S2325", HW_LOCUS_AUTOSOMAL, 2, "10", ""},
    {"APOAI1", HW_LOCUS_AUTOSOMAL, 2, "11", "APOAI|APOA1|HUMAPOAI1"},
    {"D11S2368", HW_LOCUS_AUTOSOMAL, 2, "11", ""},
    {"D11S4463", HW_LOCUS_AUTOSOMAL, 2, "11", ""},
    {"D11S554", HW_LOCUS_AUTOSOMAL, 2, "11", ""},
    {"TH01", HW_LOCUS_AUTOSOMAL, 2, "11", "THO1|TH0I|TH1|TC11|HUMTH01|HUMTHO1"},
    {"CD4", HW_LOCUS_AUTOSOMAL, 2, "12", "HUMCD4"},
    {"D12ATA63", HW_LOCUS_AUTOSOMAL, 2, "12", "ATA63"},
    {"D12S1090", HW_LOCUS_AUTOSOMAL, 2, "12", ""},
    {"D12S391", HW_LOCUS_AUTOSOMAL, 2, "12", ""},
    {"vWA", HW_LOCUS_AUTOSOMAL, 2, "12", "VWA31|VWA31A|VWF|HUMVWA|HUMVWFA31|VWF31A"},
    {"D13S317", HW_LOCUS_AUTOSOMAL, 2, "13", ""},
    {"D13S325", HW_LOCUS_AUTOSOMAL, 2, "13", ""},
    {"D14S1434", HW_LOCUS_AUTOSOMAL, 2, "14", ""},
    {"D14S608", HW_LOCUS_AUTOSOMAL, 2, "14", ""},
    {"D15S659", HW_LOCUS_AUTOSOMAL, 2, "15", ""},
    {"FESFPS", HW_LOCUS_AUTOSOMAL, 2, "15", "FES/FPS|FES|HUMFESFPS|HUMFES/FPS"},
    {"Penta E", HW_LOCUS_AUTOSOMAL, 2, "15", ""},
    {"D16S539", HW_LOCUS_AUTOSOMAL, 2, "16", ""},
    {"D17S1290", HW_LOCUS_AUTOSOMAL, 2, "17", ""},
    {"D17S1301", HW_LOCUS_AUTOSOMAL, 2, "17", ""},
    {"D17S906", HW_LOCUS_AUTOSOMAL, 2, "17", ""},
    {"D17S974", HW_LOCUS_AUTOSOMAL, 2, "17", ""},
    {"D18S1364", HW_LOCUS_AUTOSOMAL, 2, "18", ""},
    {"D18S51", HW_LOCUS_AUTOSOMAL, 2, "18", ""},
    {"D18S535", HW_LOCUS_AUTOSOMAL, 2, "18", ""},
    {"D18S853", HW_LOCUS_AUTOSOMAL, 2, "18", ""},
    {"D19S253", HW_LOCUS_AUTOSOMAL, 2, "19", ""},
    {"D19S433", HW_LOCUS_AUTOSOMAL, 2, "19", ""},
    {"D20S1082", HW_LOCUS_AUTOSOMAL, 2, "20", ""},
    {"D20S482", HW_LOCUS_AUTOSOMAL, 2, "20", ""},
    {"D21S11", HW_LOCUS_AUTOSOMAL, 2, "21", ""},
    {"D21S1270", HW_LOCUS_AUTOSOMAL, 2, "21", ""},
    {"D21S2055", HW_LOCUS_AUTOSOMAL, 2, "21", ""},
    {"Penta D", HW_LOCUS_AUTOSOMAL, 2, "21", ""},
    {"D22GATA198B05", HW_LOCUS_AUTOSOMAL, 2, "22", "GATA198B05"},
    {"D22S1045", HW_LOCUS_AUTOSOMAL, 2, "22", ""},
    {"DXS10011", HW_LOCUS_X, 2, "X", ""},
    {"DXS10074", HW_LOCUS_X, 2, "X", ""},
    {"DXS10075", HW_LOCUS_X, 2, "X", ""},
    {"DXS10079", HW_LOCUS_X, 2, "X", ""},
    {"DXS101", HW_LOCUS_X, 2, "X", ""},
    {"DXS10101", HW_LOCUS_X, 2, "X", ""},
    {"DXS10103", HW_LOCUS_X, 2, "X", ""},
    {"DXS10134", HW_LOCUS_X, 2, "X", ""},
    {"DXS10135", HW_LOCUS_X, 2, "X", ""},
    {"DXS10146", HW_LOCUS_X, 2, "X", ""},
    {"DXS10147", HW_LOCUS_X, 2, "X", ""},
    {"DXS10148", HW_LOCUS_X, 2, "X", ""},
    {"DXS10159", HW_LOCUS_X, 2, "X", ""},
    {"DXS10162", HW_LOCUS_X, 2, "X", ""},
    {"DXS10164", HW_LOCUS_X, 2, "X", ""},
    {"DXS6789", HW_LOCUS_X, 2, "X", ""},
    {"DXS6795", HW_LOCUS_X, 2, "X", ""},
    {"DXS6797", HW_LOCUS_X, 2, "X", ""},
    {"DXS6800", HW_LOCUS_X, 2, "X", ""},
    {"DXS6801", HW_LOCUS_X, 2, "X", ""},
    {"DXS6803", HW_LOCUS_X, 2, "X", ""},
    {"DXS6807", HW_LOCUS_X, 2, "X", ""},
    {"DXS6809", HW_LOCUS_X, 2, "X", ""},
    {"DXS6810", HW_LOCUS_X, 2, "X", ""},
    {"DXS7130", HW_LOCUS_X, 2, "X", ""},
    {"DXS7132", HW_LOCUS_X, 2, "X", ""},
    {"DXS7133", HW_LOCUS_X, 2, "X", ""},
    {"DXS7423", HW_LOCUS_X, 2, "X", ""},
    {"DXS7424", HW_LOCUS_X, 2, "X", ""},
    {"DXS8377", HW_LOCUS_X, 2, "X", ""},
    {"DXS8378", HW_LOCUS_X, 2, "X", ""},
    {"DXS9895", HW_LOCUS_X, 2, "X", ""},
    {"DXS9898", HW_LOCUS_X, 2, "X", ""},
    {"DXS9902", HW_LOCUS_X, 2, "X", ""},
    {"HPRTB", HW_LOCUS_X, 2, "X", "HPRT|HUMHPRTB|HUMHPRT"},
    {"GATA172D05", HW_LOCUS_X, 2, "X", "DXGATA172D05|XGATA172D05"},
    {"GATA31E08", HW_LOCUS_X, 2, "X", "DXGATA31E08|XGATA31E08"},
    {"GATA165B12", HW_LOCUS_X, 2, "X", "DXGATA165B12|XGATA165B12"},
    {"HUMARA", HW_LOCUS_X, 2, "X", "ARA"},
    {"DXS981", HW_LOCUS_X, 2, "X", "STRX1"},
    {"DYF387S1", HW_LOCUS_Y, 2, "Y", "DYF387S1A|DYF387S1B|DYF387S1A/B|DYF387S1AB"},
    {"DYF399S1", HW_LOCUS_Y, 3, "Y", ""},
    {"DYF404S1", HW_LOCUS_Y, 2, "Y", "DYF404S1A|DYF404S1B|DYF404S1A/B|DYF404S1AB"},
    {"DYS19", HW_LOCUS_Y, 1, "Y", "DYS394"},
    {"DYS385", HW_LOCUS_Y, 2, "Y", "DYS385A|DYS385B|DYS385A/B|DYS385AB|DYS385I|DYS385II|DYS385I/II"},
    {"DYS388", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS389I", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS389II", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS390", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS391", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS392", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS393", HW_LOCUS_Y, 1, "Y", "DYS395"},
    {"DYS426", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS434", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS435", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS436", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS437", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS438", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS439", HW_LOCUS_Y, 1, "Y", "GATAA4|YGATAA4"},
    {"DYS442", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS443", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS444", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS446", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS447", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS448", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS449", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS450", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS452", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS453", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS454", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS455", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS456", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS458", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS459", HW_LOCUS_Y, 2, "Y", "DYS459A|DYS459B|DYS459A/B|DYS459AB"},
    {"DYS460", HW_LOCUS_Y, 1, "Y", "GATAA7.1|YGATAA7.1"},
    {"DYS461", HW_LOCUS_Y, 1, "Y", "GATAA7.2|YGATAA7.2"},
    {"DYS462", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS463", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS464", HW_LOCUS_Y, 4, "Y", "DYS464A|DYS464B|DYS464C|DYS464D|DYS464A/B/C/D|DYS464ABCD"},
    {"DYS481", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS504", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS505", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS508", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS510", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS518", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS520", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS522", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS525", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS527", HW_LOCUS_Y, 2, "Y", "DYS527A|DYS527B|DYS527A/B|DYS527AB"},
    {"DYS531", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS533", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS540", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS547", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS549", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS552", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS557", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS570", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS576", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS587", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS593", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS596", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS612", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS626", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS627", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS635", HW_LOCUS_Y, 1, "Y", "GATAC4|YGATAC4"},
    {"DYS641", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS643", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS645", HW_LOCUS_Y, 1, "Y", ""},
    {"DYS724", HW_LOCUS_Y, 2, "Y", "CDY|CDYA|CDYB|DYS724A|DYS724B|DYS724A/B"},
    {"Y-GATA-A10", HW_LOCUS_Y, 1, "Y", "GATAA10"},
    {"Y-GATA-H4", HW_LOCUS_Y, 1, "Y", "GATAH4|GATAH4.1|YGATAH4.1"},
    {"YCAII", HW_LOCUS_Y, 2, "Y", "YCAIIA|YCAIIB|YCAIIA/B|YCAIIAB"},
    {"AMEL", HW_LOCUS_AMEL, 2, "X/Y", "AMELOGENIN|AMELO|AM|AMELXY|AMELX/Y"},
    {"Y indel", HW_LOCUS_AMEL, 1, "Y", "RS2032678|RS771783753"},
    {"SRY", HW_LOCUS_AMEL, 1, "Y", ""},
};
#define LOCUS_COUNT (sizeof loci / sizeof loci[0])

bool hw_locus_fold(const char *name, char *buf, size_t size)
{
    size_t n = 0;
    for (const char *s = name; s != NULL && *s != '\0'; s++) {
        char c = *s;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '_' || c == '-') {
            continue;
        }
        if (n + 1 >= size) {
            n = 0;
            break;
        }
        buf[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    buf[n] = '\0';
    return n > 0;
}

/* Every folded name and alias with its locus, sorted; made once, at the first look-up. */
typedef struct spelling {
    char key[24];
    uint16_t locus;
} spelling;
static spelling spellings[4 * LOCUS_COUNT];
static size_t spelling_count;
static pthread_once_t spelling_once = PTHREAD_ONCE_INIT;

static int compare_spellings(const void *a, const void *b)
{
    return strcmp(((const spelling *)a)->key, ((const spelling *)b)->key);
}

static void add_spelling(const char *name, size_t n, size_t locus)
{
    char copy[HW_LOCUS_FOLD_MAX];
    HW_ASSERT(spelling_count < sizeof spellings / sizeof spellings[0] && n < sizeof copy);
    memcpy(copy, name, n);
    copy[n] = '\0';
    HW_ASSERT(hw_locus_fold(copy, spellings[spelling_count].key, sizeof spellings[0].key));
    spellings[spelling_count++].locus = (uint16_t)locus;
}

static void make_spellings(void)
{
    for (size_t i = 0; i < LOCUS_COUNT; i++) {
        add_spelling(loci[i].name, strlen(loci[i].name), i);
        const char *s = loci[i].aliases;
        while (*s != '\0') {
            size_t n = strcspn(s, "|");
            add_spelling(s, n, i);
            s += n + (s[n] == '|');
        }
    }
    qsort(spellings, spelling_count, sizeof spellings[0], compare_spellings);
    for (size_t i = 1; i < spelling_count; i++) {
        HW_ASSERT(compare_spellings(&spellings[i - 1], &spellings[i]) != 0);
    }
}

const hw_locus_info *hw_locus_find(const char *name)
{
    spelling wanted;
    pthread_once(&spelling_once, make_spellings);
    if (!hw_locus_fold(name, wanted.key, sizeof wanted.key)) {
        return NULL;
    }
    const spelling *found = bsearch(&wanted, spellings, spelling_count, sizeof wanted, compare_spellings);
    return found != NULL ? &loci[found->locus] : NULL;
}

size_t hw_locus_count(void)
{
    return LOCUS_COUNT;
}

const hw_locus_info *hw_locus_at(size_t i)
{
    return i < LOCUS_COUNT ? &loci[i] : NULL;
}

void hw_panel_init(hw_panel *p)
{
    *p = (hw_panel){0};
    hw_arena_init(&p->arena, 0);
    hw_map_init(&p->by_name, 0);
}

void hw_panel_release(hw_panel *p)
{
    hw_map_release(&p->by_name);
    hw_free(p->locus);
    hw_arena_release(&p->arena);
    *p = (hw_panel){0};
}

static hw_locus_kind kind_of_unknown(const char *folded)
{
    if (strncmp(folded, "DXS", 3) == 0) {
        return HW_LOCUS_X;
    }
    if (strncmp(folded, "DYS", 3) == 0 || strncmp(folded, "DYF", 3) == 0) {
        return HW_LOCUS_Y;
    }
    return HW_LOCUS_AUTOSOMAL;
}

static uint8_t copies_of_unknown(hw_locus_kind kind)
{
    return kind == HW_LOCUS_Y ? 1 : 2;
}

hw_status hw_panel_add(hw_panel *p, const char *name, hw_locus_kind kind, uint32_t *ret_index, hw_err *err)
{
    char folded[HW_LOCUS_FOLD_MAX] = "", canonical[HW_LOCUS_FOLD_MAX] = "";
    uint32_t index;
    if (!hw_locus_fold(name, folded, sizeof folded)) {
        return HW_FAIL(err, HW_PARSE, "a locus name is empty or longer than %d characters", HW_LOCUS_FOLD_MAX - 1);
    }
    if (hw_panel_find(p, name, &index)) {
        if (kind != HW_LOCUS_AUTO && kind != p->locus[index].kind) {
            return HW_FAIL(err, HW_CONFLICT, "locus %s was met before with another kind of inheritance (autosomal, X, Y)", name);
        }
        *ret_index = index;
        return HW_OK;
    }
    const hw_locus_info *info = hw_locus_find(name);
    hw_panel_locus added = {0};
    if (info != NULL) {
        HW_ASSERT(hw_locus_fold(info->name, canonical, sizeof canonical));
        added = (hw_panel_locus){info->name, kind == HW_LOCUS_AUTO ? info->kind : kind, info->copies};
    } else {
        memcpy(canonical, folded, sizeof canonical);
        added.kind = kind == HW_LOCUS_AUTO ? kind_of_unknown(folded) : kind;
        added.copies = copies_of_unknown(added.kind);
    }
    HW_TRY(HW_GROW(p->locus, p->n, p->cap, HW_PANEL_MAX, "loci", err));
    added.name = hw_arena_strdup(&p->arena, info != NULL ? info->name : name);
    if (added.name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_map_put(&p->by_name, canonical, p->n, err));
    index = (uint32_t)p->n;
    p->locus[p->n++] = added;
    /* The spelling it was met with, so that the next look-up of it is quick; the locus stands even if this fails. */
    if (strcmp(folded, canonical) != 0) {
        HW_TRY(hw_map_put(&p->by_name, folded, index, err));
    }
    *ret_index = index;
    return HW_OK;
}

bool hw_panel_find(const hw_panel *p, const char *name, uint32_t *ret_index)
{
    char folded[HW_LOCUS_FOLD_MAX];
    uint64_t index;
    if (!hw_locus_fold(name, folded, sizeof folded)) {
        return false;
    }
    if (!hw_map_get(&p->by_name, folded, &index)) {
        const hw_locus_info *info = hw_locus_find(name);
        if (info == NULL || !hw_locus_fold(info->name, folded, sizeof folded) || !hw_map_get(&p->by_name, folded, &index)) {
            return false;
        }
    }
    *ret_index = (uint32_t)index;
    return true;
}
