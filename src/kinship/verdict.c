// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/verdict.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"

void hw_verdict_input_init(hw_verdict_input *in)
{
    double unknown = (double)NAN;
    *in = (hw_verdict_input){.posterior = unknown,
                             .low = unknown,
                             .high = unknown,
                             .missing_posterior = unknown,
                             .log10_lr = unknown,
                             .chance_hits = unknown,
                             .rival_log10 = unknown,
                             .inconsistent = UINT32_MAX};
}

const char *hw_verdict_text(hw_verdict_kind k)
{
    return k == HW_VERDICT_REPORT ? "report" : k == HW_VERDICT_LEAD ? "lead" : "not yet";
}

const char *hw_verdict_text_zh(hw_verdict_kind k)
{
    return k == HW_VERDICT_REPORT ? "上报" : k == HW_VERDICT_LEAD ? "线索" : "尚不足";
}

const char *hw_verdict_code(hw_verdict_kind k)
{
    return k == HW_VERDICT_REPORT ? "report" : k == HW_VERDICT_LEAD ? "lead" : "not-yet";
}

/* What settles a criterion that is not met, and what is lacking where it is not known. */
static const struct {
    const char *code, *unknown, *unknown_zh, *settle, *settle_zh;
} WORDS[HW_CRITERION_COUNT] = {
    [HW_CRITERION_POSTERIOR] = {"posterior", "the joint posterior is not known", "联合后验概率未知", "type another relative of the family, or more loci of child and family",
                                "再检测一名家庭亲属，或为孩子和家庭加测位点"},
    [HW_CRITERION_INTERVAL] = {"interval", "how sure the joint posterior is is not known", "联合后验概率的区间未知",
                               "compute this child's pairs below the threshold, or the whole group, exactly", "精确计算该孩子低于阈值的配对，或整组精确求解"},
    [HW_CRITERION_RATIO] = {"ratio", "the ratio under every table is not known", "各频率表下的似然比未知", "type more loci of child and family, or another relative",
                            "为孩子和家庭加测位点，或再检测一名亲属"},
    [HW_CRITERION_CHANCE] = {"chance", "how many chance hits to expect is not known", "预期的偶然命中数未知", "type more loci of child and family, or another relative",
                             "为孩子和家庭加测位点，或再检测一名亲属"},
    [HW_CRITERION_RIVAL] = {"rival", "close relatives of the true parents were not computed", "未计算真正父母的近亲假设",
                            "type the other parent, or compare Y-STR and mtDNA lines; ask whether a brother or sister of the parents searches for a child too",
                            "检测另一名父母，或比对 Y-STR 与线粒体；询问父母的兄弟姐妹是否也在寻找孩子"},
    [HW_CRITERION_LOCI] = {"loci", "how many loci are inconsistent is not known", "不相容位点数未知", "type the inconsistent loci again, from a second sample",
                           "用第二份样本重新检测不相容的位点"},
    [HW_CRITERION_FIT] = {"fit", "whether the stated relatives fit each other was not checked", "未检查所述亲属之间是否相符",
                          "take new samples of the relatives that do not fit, and ask again how they are related", "重新采集不相符亲属的样本，并再次核实亲属关系"},
    [HW_CRITERION_QUALITY] = {"quality", "the quality check was not run", "未做质量检查", "clear the open findings of the quality check", "处理质量检查中未解决的问题"},
    [HW_CRITERION_CONTESTED] = {"contested", "whether another claim comes near was not computed", "未计算是否有相近的其他主张",
                                "type more loci and more relatives for both claims, until one falls away", "为双方主张加测位点和亲属，直至其中一方被排除"},
};

typedef struct decision {
    const hw_policy *p;
    const hw_verdict_input *in;
    hw_arena *arena;
    hw_verdict *v;
    bool failed;
} decision;

static const char *keep(decision *d, const char *text)
{
    d->failed = d->failed || text == NULL;
    return text;
}

static void say(decision *d, hw_criterion c, hw_answer met, const char *text, const char *text_zh)
{
    hw_verdict_reason *r = &d->v->reason[c];
    *r = (hw_verdict_reason){.criterion = c, .code = WORDS[c].code, .met = met};
    r->text = met == HW_ANSWER_UNKNOWN ? WORDS[c].unknown : keep(d, text);
    r->text_zh = met == HW_ANSWER_UNKNOWN ? WORDS[c].unknown_zh : keep(d, text_zh);
    r->settle = met == HW_ANSWER_YES ? NULL : WORDS[c].settle;
    r->settle_zh = met == HW_ANSWER_YES ? NULL : WORDS[c].settle_zh;
}

/* Three digits are enough for a reader: "0.0165", "1.44e-11". */
static void brief(double x, char *buf)
{
    if (!(x > 0.0 && x < 1e-3)) {
        hw_fmt_fixed(x, x < 100.0 ? 4 : 0, buf);
        return;
    }
    char digits[344];
    double e = floor(hw_log10(x));
    hw_fmt_fixed(x / hw_pow10(e), 2, digits);
    (void)snprintf(buf, 344, "%.8se-%02.0f", digits, -e);
}

/* A number of the evidence beside the policy's. */
static void compare(decision *d, hw_criterion c, double x, bool at_least, double limit, int decimals, const char *what, const char *what_zh)
{
    char have[344];
    char need[32];
    if (x != x) {
        say(d, c, HW_ANSWER_UNKNOWN, NULL, NULL);
        return;
    }
    bool met = at_least ? x >= limit : x <= limit;
    if (decimals >= 0) {
        hw_fmt_fixed(x, decimals, have);
    } else {
        brief(x, have);
    }
    hw_fmt_double(limit, need);
    say(d, c, met ? HW_ANSWER_YES : HW_ANSWER_NO, hw_arena_printf(d->arena, "%s %s; asked for: %s %s", what, have, at_least ? "at least" : "at most", need),
        hw_arena_printf(d->arena, "%s %s；要求：%s %s", what_zh, have, at_least ? "不低于" : "不高于", need));
}

static void numbers(decision *d)
{
    const hw_policy *p = d->p;
    const hw_verdict_input *in = d->in;
    compare(d, HW_CRITERION_POSTERIOR, in->low, true, p->posterior_low, 8, "lower bound of the joint posterior", "联合后验概率下界");
    compare(d, HW_CRITERION_INTERVAL, in->high - in->low, false, p->interval_width, 8, "width of the interval of the joint posterior", "联合后验概率区间宽度");
    compare(d, HW_CRITERION_RATIO, in->log10_lr, true, p->log10_lr, 2, "smallest log10 ratio over the tables", "各频率表中最小的似然比对数");
    compare(d, HW_CRITERION_CHANCE, in->chance_hits, false, p->chance_hits, -1, "chance hits at least as strong expected in the database", "数据库中预期同等强度的偶然命中数");
}

static void rival(decision *d)
{
    const hw_verdict_input *in = d->in;
    if (in->rivals == HW_ANSWER_NO) {
        say(d, HW_CRITERION_RIVAL, HW_ANSWER_YES, "no close relative of the parents could stand in this place", "父母的近亲不可能处于该位置");
        return;
    }
    bool known = in->rivals == HW_ANSWER_YES;
    compare(d, HW_CRITERION_RIVAL, known ? in->rival_log10 : (double)NAN, true, hw_log10(d->p->rival_ratio), 2, "log10 ratio to the strongest rival", "相对最强竞争假设的似然比对数");
}

static void loci(decision *d)
{
    const hw_verdict_input *in = d->in;
    /* Not knowing whether both parents are typed, the stricter limit holds. */
    double one = d->p->inconsistent_one;
    double two = d->p->inconsistent_two;
    double limit = in->two_parents == HW_ANSWER_YES ? two : in->two_parents == HW_ANSWER_NO ? one : one < two ? one : two;
    double x = in->inconsistent == UINT32_MAX ? (double)NAN : (double)in->inconsistent;
    compare(d, HW_CRITERION_LOCI, x, false, limit, 0, "inconsistent loci:", "不相容位点数");
}

static void answers(decision *d)
{
    const hw_verdict_input *in = d->in;
    say(d, HW_CRITERION_FIT, in->fits, in->fits == HW_ANSWER_YES ? "the family fits as stated" : "the stated relatives do not all fit; the pair was found with some of them",
        in->fits == HW_ANSWER_YES ? "家庭关系与所述相符" : "所述亲属并非都相符；该配对仅由部分亲属得出");
    say(d, HW_CRITERION_QUALITY, in->quality, in->quality == HW_ANSWER_YES ? "no quality finding is open" : "a quality finding about the child or the family is open",
        in->quality == HW_ANSWER_YES ? "无未解决的质量问题" : "孩子或家庭的样本有未解决的质量问题");
    hw_answer alone = in->contested == HW_ANSWER_UNKNOWN ? HW_ANSWER_UNKNOWN : in->contested == HW_ANSWER_NO ? HW_ANSWER_YES : HW_ANSWER_NO;
    say(d, HW_CRITERION_CONTESTED, alone, alone == HW_ANSWER_YES ? "no other claim comes near" : "another claim on this child or this missing person comes near",
        alone == HW_ANSWER_YES ? "没有相近的其他主张" : "对该孩子或该失踪者另有相近的主张");
}

hw_status hw_verdict_decide(const hw_policy *policy, const hw_verdict_input *in, hw_arena *arena, hw_verdict *ret, hw_err *err)
{
    hw_verdict v = {.kind = HW_VERDICT_NOT_YET};
    decision d = {.p = policy, .in = in, .arena = arena, .v = &v};
    numbers(&d);
    rival(&d);
    loci(&d);
    answers(&d);
    if (d.failed) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool all = true;
    for (int c = 0; c < HW_CRITERION_COUNT; c++) {
        all = all && v.reason[c].met == HW_ANSWER_YES;
    }
    if (all) {
        v.kind = HW_VERDICT_REPORT;
    } else if (in->posterior >= policy->lead_posterior) { /* false when it is not known */
        v.kind = HW_VERDICT_LEAD;
    }
    v.which_open = in->posterior >= policy->posterior_low && !(in->missing_posterior >= policy->posterior_low);
    *ret = v;
    return HW_OK;
}
