// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Phrases of the kinship library in Chinese: patterns in which * stands for anything, which $1, $2 (as it is) or @1, @2 (as a phrase itself) take up.
 */
#include "report/phrases.h"

#include <string.h>

#define HOLES 3
#define DEPTH 4

typedef struct pattern {
    const char *en, *zh;
} pattern;

static const pattern PATTERN[] = {
    {"extremely strong support", "极强支持"},
    {"very strong support", "非常强支持"},
    {"strong support", "强支持"},
    {"moderately strong support", "中等偏强支持"},
    {"moderate support", "中等支持"},
    {"weak support", "弱支持"},
    {"no support for either", "对两种假设均无支持"},
    {"no support", "无支持"},
    {"no statement", "不作表述"},
    {"weak support against", "弱反对"},
    {"moderate support against", "中等反对"},
    {"moderately strong support against", "中等偏强反对"},
    {"strong support against", "强反对"},
    {"very strong support against", "非常强反对"},
    {"extremely strong support against", "极强反对"},
    {"child of both parents", "父母双方的子女"},
    {"child of the father", "父亲的子女"},
    {"child of one parent", "父母一方的子女"},
    {"child of the mother", "母亲的子女"},
    {"*, with siblings", "@1，并有同胞"},
    {"*, with half siblings", "@1，并有半同胞"},
    {"*, with grandparents", "@1，并有祖辈"},
    {"parent of *", "$1 名亲属的父或母"},
    {"full sibling of *", "$1 名亲属的全同胞"},
    {"half sibling of *", "$1 名亲属的半同胞"},
    {"grandchild of *", "$1 名亲属的孙辈"},
    {"sibling of a child listed", "列出儿童的兄弟姐妹"},
    {"a close relative", "某一近亲"},
    {"father", "父亲"},
    {"mother", "母亲"},
    {"parent", "父或母"},
    {"child", "子女"},
    {"identical twin", "同卵双胞胎"},
    {"full brother", "全同胞兄弟"},
    {"full sister", "全同胞姐妹"},
    {"full brother or sister", "全同胞兄弟或姐妹"},
    {"second full brother or sister", "另一名全同胞兄弟或姐妹"},
    {"half brother", "半同胞兄弟"},
    {"half sister", "半同胞姐妹"},
    {"half brother or sister", "半同胞兄弟或姐妹"},
    {"father's father", "祖父"},
    {"father's mother", "祖母"},
    {"mother's father", "外祖父"},
    {"mother's mother", "外祖母"},
    {"parent of the father", "父亲的父或母"},
    {"parent of the mother", "母亲的父或母"},
    {"father's brother", "父亲的兄弟"},
    {"father's sister", "父亲的姐妹"},
    {"mother's brother", "母亲的兄弟"},
    {"mother's sister", "母亲的姐妹"},
    {"brother or sister of the father", "父亲的兄弟或姐妹"},
    {"brother or sister of the mother", "母亲的兄弟或姐妹"},
    {"other parent of a child", "子女的另一名父或母"},
    {"all samples of the family", "家庭全部样本"},
    {"other relative", "其他亲属"},
    {"posterior", "后验概率"},
    {"interval", "区间"},
    {"ratio", "似然比"},
    {"chance", "偶然命中"},
    {"rival", "竞争假设"},
    {"loci", "基因座"},
    {"fit", "亲属相符"},
    {"quality", "质量"},
    {"contested", "争议"},
    {"relative", "亲属"},
    {"excluded", "排除"},
    {"the missing person", "失踪人"},
    {"unrelated", "无亲缘关系"},
    {"the ratio is zero", "似然比为零"},
    {"the missing person (*)", "失踪人（$1）"},
    {"unrelated to the family", "与该家庭无亲缘关系"},
    {"a first cousin of the missing person: *", "失踪人的堂（表）兄弟姐妹：@1"},
    {"a half sibling of the missing person by the father (*)", "失踪人的同父半同胞（父亲 $1）"},
    {"a half sibling of the missing person by the mother (*)", "失踪人的同母半同胞（母亲 $1）"},
    {"a half sibling of the missing person by the parent (*)", "失踪人的半同胞（父或母 $1）"},
    {"a child of a full sibling of the father (*)", "父亲（$1）的全同胞的子女"},
    {"a child of a full sibling of the mother (*)", "母亲（$1）的全同胞的子女"},
    {"a child of a full sibling of the parent (*)", "父或母（$1）的全同胞的子女"},
    {"a child of a full sibling of the nearest typed relative (*)", "最近的已分型亲属（$1）的全同胞的子女"},
    {"a child of a half sibling of the father (*)", "父亲（$1）的半同胞的子女"},
    {"a child of a half sibling of the mother (*)", "母亲（$1）的半同胞的子女"},
    {"a child of a half sibling of the parent (*)", "父或母（$1）的半同胞的子女"},
    {"a child of a half sibling of the father (*) by *", "父亲（$1）经 $2 的半同胞的子女"},
    {"a child of a half sibling of the mother (*) by *", "母亲（$1）经 $2 的半同胞的子女"},
    {"a great-nephew or great-niece: a grandchild of a full sibling of the paternal grandfather (*)", "侄（外甥）孙辈：祖父（$1）的全同胞的孙辈"},
    {"a great-nephew or great-niece: a grandchild of a full sibling of the paternal grandmother (*)", "侄（外甥）孙辈：祖母（$1）的全同胞的孙辈"},
    {"a great-nephew or great-niece: a grandchild of a full sibling of the maternal grandfather (*)", "侄（外甥）孙辈：外祖父（$1）的全同胞的孙辈"},
    {"a great-nephew or great-niece: a grandchild of a full sibling of the maternal grandmother (*)", "侄（外甥）孙辈：外祖母（$1）的全同胞的孙辈"},
    {"mutation * -> * (father)", "突变 $1 → $2（父源）"},
    {"mutation * -> * (mother)", "突变 $1 → $2（母源）"},
    {"mutation * -> * (*)", "突变 $1 → $2（$3）"},
    {"drop-out of an allele of the child, or a mutation", "儿童一个等位基因丢失，或突变"},
    {"a mutation between relatives who were not typed", "未分型亲属之间的突变"},
    {"mutations from both parents", "父源和母源均有突变"},
    {"a mutation elsewhere in the family", "家庭中其他位置的突变"},
    {"three or more alleles: set aside", "三个或更多等位基因：不予使用"},
    {"no frequencies in the table", "频率表中无此基因座"},
    {"computed together with * (linked)", "与 $1 合并计算（连锁）"},
    {"The value is that of the pedigree as stated; untyped persons are real and none is left out.", "数值以所述家系为准；未分型人员视为真实存在，无一省略。"},
    {"Mutation rates are the default of the program for every locus; bring the rates of your laboratory.", "各基因座均采用程序默认突变率；请使用本实验室的突变率。"},
    {"* of the loci cannot be explained without a mutation, drop-out, reading error or silent allele; each is shown with what it assumes.",
     "有 $1 个基因座须以突变、等位基因丢失、读取错误或无效等位基因解释；每一个均列出其假定。"},
    {"DNA of these persons cannot tell \"*\" from \"*\" (independent loci, apart from mutation).", "这些人员的 DNA 无法区分“@1”与“@2”（独立基因座，不计突变）。"},
    {"This family misses * persons. Which of them the child is, is a question of age, sex and circumstances where DNA cannot tell.",
     "该家庭有 $1 名失踪人。当 DNA 无法区分时，儿童是其中哪一人须依年龄、性别和具体情况判断。"},
};

typedef struct hole {
    const char *s;
    size_t n;
} hole;

/* Does text follow the pattern? A hole ends at the first place where the next literal stands; the last literal must stand at the end. */
static bool matches(const char *mask, const char *text, hole *holes)
{
    size_t n = 0;
    for (;;) {
        size_t literal = strcspn(mask, "*");
        if (strncmp(mask, text, literal) != 0) {
            return false;
        }
        mask += literal;
        text += literal;
        if (*mask == 0) {
            return *text == 0;
        }
        mask++;
        size_t next = strcspn(mask, "*");
        const char *end = text;
        if (mask[next] == 0) { /* the last hole reaches to the last literal */
            size_t rest = strlen(text);
            if (rest < next || strcmp(text + rest - next, mask) != 0) {
                return false;
            }
            end = text + rest - next;
        } else {
            while (*end != 0 && strncmp(end, mask, next) != 0) {
                end++;
            }
        }
        if (end == text || n == HOLES) {
            return false;
        }
        holes[n++] = (hole){text, (size_t)(end - text)};
        text = end;
    }
}

static const char *say(hw_arena *arena, const char *text, unsigned depth, bool *ok)
{
    hole h[HOLES] = {{NULL, 0}};
    const char *zh = NULL;
    for (size_t i = 0; depth < DEPTH && zh == NULL && i < sizeof PATTERN / sizeof *PATTERN; i++) {
        zh = matches(PATTERN[i].en, text, h) ? PATTERN[i].zh : NULL;
    }
    if (zh == NULL) {
        return text;
    }
    hw_str out;
    hw_str_init(&out, (size_t)1 << 20);
    for (const char *p = zh; *p != 0; p++) {
        if ((*p != '$' && *p != '@') || p[1] < '1' || p[1] > '0' + HOLES) {
            hw_str_addc(&out, *p);
            continue;
        }
        const hole *at = &h[p[1] - '1'];
        char *part = hw_arena_strndup(arena, at->s, at->n);
        *ok = *ok && part != NULL;
        hw_str_add(&out, part == NULL ? "" : *p == '@' ? say(arena, part, depth + 1, ok) : part);
        p++;
    }
    const char *copy = hw_str_check(&out, NULL) == HW_OK ? hw_arena_strdup(arena, out.s) : NULL;
    hw_str_release(&out);
    *ok = *ok && copy != NULL;
    return copy != NULL ? copy : "";
}

const char *hw_phrase(hw_arena *arena, hw_report_lang lang, const char *text, bool *ok)
{
    return text == NULL || lang != HW_REPORT_ZH ? text : say(arena, text, 0, ok);
}
