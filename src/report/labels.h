// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The words of the reports in English and Chinese. One list, so that neither language can lack one.
 */
#ifndef HW_REPORT_LABELS_H
#define HW_REPORT_LABELS_H

#include "report/match_report.h"

#define HW_LABEL_LIST(X)                                                                                                                    \
    X(TITLE, "Match report", "比对报告")                                                                                                    \
    X(SYNTHETIC, "SYNTHETIC DATA: invented people, not a real case", "合成数据：人物均为虚构，并非真实案件")                                \
    X(SYNTHETIC_SHORT, "SYNTHETIC DATA", "合成数据")                                                                                        \
    X(LEAD,                                                                                                                                 \
      "This is a lead for the laboratory to examine, not a confirmation: a second sample and two signatures are needed before the family "  \
      "is told.",                                                                                                                           \
      "本报告仅为供实验室复核的线索，不是确认结论：在告知家庭之前，须有第二份样本的检验和两人签字。")                                       \
    X(LEAD_SHORT, "A lead, not a confirmation", "线索，非确认结论")                                                                         \
    X(SUMMARY, "Summary", "摘要")                                                                                                           \
    X(CHILD, "Child", "儿童")                                                                                                               \
    X(FAMILY, "Family", "家庭")                                                                                                             \
    X(MISSING, "Missing person", "失踪人")                                                                                                  \
    X(DATE, "Date", "日期")                                                                                                                 \
    X(PERSON, "person", "人员")                                                                                                             \
    X(SAMPLE, "sample", "样本")                                                                                                             \
    X(KIT, "kit", "试剂盒")                                                                                                                 \
    X(CATEGORY, "category", "类别")                                                                                                         \
    X(SEX, "sex", "性别")                                                                                                                   \
    X(SEX_COLUMN, "Sex", "性别")                                                                                                            \
    X(MALE, "male", "男")                                                                                                                   \
    X(FEMALE, "female", "女")                                                                                                               \
    X(SEX_UNKNOWN, "not known", "不详")                                                                                                     \
    X(RELATION, "Relation", "关系")                                                                                                         \
    X(LOCI_USED, "Loci used", "所用基因座")                                                                                                 \
    X(INCONSISTENT, "Loci that need a mutation, drop-out or error", "需以突变、等位基因丢失或分型错误解释的基因座")                         \
    X(LR, "Likelihood ratio, missing person : unrelated", "似然比（失踪人：无关个体）")                                                     \
    X(LR_MIN, "Smallest over the populations", "各群体中的最小值")                                                                          \
    X(RIVAL, "Strongest rival hypothesis", "最强竞争假设")                                                                                  \
    X(RIVAL_RATIO, "Missing person : strongest rival", "失踪人：最强竞争假设")                                                              \
    X(RIVAL_WEAK, "the DNA hardly tells the two apart", "DNA 难以区分两者")                                                                 \
    X(RIVAL_BETTER, "the rival explains the DNA better", "竞争假设更能解释 DNA 结果")                                                       \
    X(NO_RIVAL, "none for this family", "该家庭无竞争假设")                                                                                 \
    X(POSTERIOR, "Posterior probability, without rivals", "后验概率（未计竞争假设）")                                                       \
    X(PRIOR_BEFORE, "under a stated prior of ", "所设先验概率为 ")                                                                          \
    X(PRIOR_AFTER, " for each missing person searched", "（每名被检索的失踪人）")                                                           \
    X(VERBAL, "In words", "文字表述")                                                                                                       \
    X(VERBAL_BASIS, "by the smallest ratio over the populations", "以各群体中的最小似然比为准")                                             \
    X(IN, "in", "于")                                                                                                                       \
    X(SENTENCE, "As a laboratory would write it", "实验室表述")                                                                             \
    X(PEDIGREE, "Pedigree of the family", "家系图")                                                                                         \
    X(PEDIGREE_WIDE, "The drawing is wider than this terminal; the table says the same. Use --svg, --html or --pdf to see it.",             \
      "家系图宽于当前终端；下表内容相同。请用 --svg、--html 或 --pdf 查看。")                                                               \
    X(MEMBERS, "Members of the family", "家庭成员")                                                                                         \
    X(ID, "Id", "编号")                                                                                                                     \
    X(FATHER, "Father", "父亲")                                                                                                             \
    X(MOTHER, "Mother", "母亲")                                                                                                             \
    X(LOCI_TYPED, "Loci typed", "已分型基因座")                                                                                             \
    X(WHAT, "Remarks", "备注")                                                                                                              \
    X(TYPED, "typed", "已分型")                                                                                                             \
    X(UNTYPED, "not typed", "未分型")                                                                                                       \
    X(IS_MISSING, "missing", "失踪")                                                                                                        \
    X(IS_CANDIDATE, "missing: the place examined for the child", "失踪：本次比对儿童的位置")                                                \
    X(TWIN, "identical twin", "同卵双胞胎")                                                                                                 \
    X(CHILD_OF, "child of ", "父母：")                                                                                                      \
    X(UNNAMED, "parent not stated", "未登记的父或母")                                                                                       \
    X(LEGEND_MALE, "male", "男")                                                                                                            \
    X(LEGEND_FEMALE, "female", "女")                                                                                                        \
    X(LEGEND_UNKNOWN, "sex not known", "性别不详")                                                                                          \
    X(LEGEND_TYPED, "DNA typed", "已有 DNA 分型")                                                                                           \
    X(LEGEND_UNTYPED, "no DNA", "无 DNA 分型")                                                                                              \
    X(LEGEND_MISSING, "missing", "失踪")                                                                                                    \
    X(LEGEND_CANDIDATE, "place of the child", "儿童的待定位置")                                                                             \
    X(LEGEND_RELATED, "parents related by blood", "近亲结合")                                                                               \
    X(LEGEND_TWINS, "identical twins", "同卵双胞胎")                                                                                        \
    X(HYPOTHESES, "Hypotheses", "各假设")                                                                                                   \
    X(HYPOTHESIS, "The child is", "该儿童是")                                                                                               \
    X(LOG10, "log10 ratio to unrelated", "相对于无关个体的 log10 似然比")                                                                   \
    X(SAME_AS, "DNA cannot tell this from: ", "DNA 无法与下列假设区分：")                                                                   \
    X(LOCI, "Locus by locus", "逐基因座结果")                                                                                               \
    X(LOCI_CAPTION, "Genotypes, and the ratio missing person : unrelated", "基因型与似然比（失踪人：无关个体）")                            \
    X(LOCUS, "Locus", "基因座")                                                                                                             \
    X(RATIO, "Ratio", "似然比")                                                                                                             \
    X(ALL, "all, log10", "合计 log10")                                                                                                      \
    X(ASSUMED, "does not fit without: ", "须假定：")                                                                                        \
    X(NOT_FITTING, "does not fit as read", "与读取结果不符")                                                                                \
    X(RARE, "minimum frequency: ", "采用最低频率：")                                                                                        \
    X(USE_CHILD_UNTYPED, "not used: child not typed here", "未用：儿童未分型")                                                              \
    X(USE_FAMILY_UNTYPED, "not used: no relative typed here", "未用：亲属未分型")                                                           \
    X(USE_NO_TABLE, "not used: no frequency table", "未用：无频率表")                                                                       \
    X(USE_TRIALLELIC, "not used: three alleles", "未用：三等位基因")                                                                        \
    X(USE_LINKED, "linked: counted with its partner locus", "连锁：与配对基因座合并计算")                                                   \
    X(USE_LINEAGE, "lineage marker: see below", "谱系标记：见下")                                                                           \
    X(USE_SEX, "evidence of sex: see below", "性别证据：见下")                                                                              \
    X(LINEAGE, "Lineage markers (Y-STR, mtDNA)", "谱系标记（Y-STR、线粒体 DNA）")                                                           \
    X(LINEAGE_SAID, "Separate evidence; not part of the ratios above.", "为独立证据，未计入上述似然比。")                                   \
    X(LINEAGE_NONE, "No lineage marker is shared by the child and a relative of the right line.",                                           \
      "儿童与同一父系或母系亲属之间没有可比较的谱系标记。")                                                                                 \
    X(LINEAGE_LOCI, "Lineage loci as read", "谱系基因座分型")                                                                               \
    X(SYSTEM, "System", "系统")                                                                                                             \
    X(COMPARED, "Compared with", "比较对象")                                                                                                \
    X(RESULT, "Result", "结果")                                                                                                             \
    X(SEX_EVIDENCE, "Evidence of sex", "性别证据")                                                                                          \
    X(SEX_RATIO, "Ratio from amelogenin and stated sex: ", "由牙釉蛋白基因及登记性别得出的似然比：")                                        \
    X(SEX_NOTHING, "Nothing is known that speaks for or against (ratio 1).", "无支持或反对的信息（似然比为 1）。")                          \
    X(NOTES, "Notes", "说明")                                                                                                               \
    X(MODEL, "Model and settings", "模型与设置")                                                                                            \
    X(POPULATIONS, "Populations", "群体")                                                                                                   \
    X(PAGE, "page ", "第 ")                                                                                                                 \
    X(PAGE_OF, " of ", " 页，共 ")                                                                                                          \
    X(PAGE_END, "", " 页")                                                                                                                  \
    X(CONTINUED, "continued", "续")                                                                                                         \
    X(RANK, "Rank", "序号")                                                                                                                 \
    X(LIST_LOCI, "Loci", "基因座")                                                                                                          \
    X(LIST_LR, "log10 LR", "log10 LR")                                                                                                      \
    X(LIST_MIN, "min", "最小")                                                                                                              \
    X(LIST_RIVAL, "Rival (log10)", "竞争假设（log10）")                                                                                     \
    X(LIST_POSTERIOR, "Posterior", "后验概率")                                                                                              \
    X(LIST_NONE, "No pair reaches the threshold.", "没有达到阈值的配对。")                                                                  \
    X(LIST_MORE, "more candidates are not shown here", "个候选未在此显示")                                                                  \
    X(LIST_ERRORS, "Families that could not be searched as stated", "无法按所述关系检索的家庭")                                             \
    X(LIST_ERROR, "Why", "原因")                                                                                                            \
    X(LIST_PRIOR, "Posterior: prior ", "后验概率：总先验 ")                                                                                 \
    X(LIST_PRIOR_SPREAD, " that a child's family is among those searched, spread evenly: ", "（儿童的家庭在被检索者之中），平均分配，每名失踪人 ") \
    X(LIST_PRIOR_EACH, " for each missing person.", "。")                                                                                   \
    X(LIST_RANKED_BY, "Ranked by the population: ", "排序依据群体：")                                                                       \
    X(LIST_MIN_OVER, "min: smallest log10 LR over: ", "最小：各群体中最小的 log10 LR：")                                                    \
    X(LIST_INCONSISTENT, "Loci: how many were used; in brackets with ! how many of them need a mutation, drop-out or error.",                       \
      "基因座：所用个数；括号内带 ! 者为须以突变、等位基因丢失或分型错误解释的个数。")                                                      \
    X(VERDICT, "Verdict", "判定")                                                                                                           \
    X(LIST_JOINT, "Joint posterior", "联合后验概率")                                                                                        \
    X(LIST_CHANCE, "Chance hits", "偶然命中")                                                                                               \
    X(LIST_UNDER, " under ", "，依据 ")                                                                                                     \
    X(LIST_UNDER_SAID,                                                                                                                      \
      "Under: the stated relatives of this family do not all fit; it was searched under those named alone, and the pair is a lead at most. "  \
      "Laboratory and verifiers only.",                                                                                                     \
      "依据：该家庭所述亲属并非都相符；仅依据所列亲属检索，该配对至多为线索。仅限实验室和核验人员。")                                       \
    X(LIST_JOINT_SAID,                                                                                                                      \
      "Joint posterior: that the child is one of the missing of this family, all children and families considered together; in brackets its "  \
      "lower bound, where that is lower.",                                                                                                  \
      "联合后验概率：综合全部儿童与家庭，该儿童是该家庭失踪人之一的概率；括号内为其下界（如较低）。")                                       \
    X(LIST_CHANCE_SAID, "Chance hits: unrelated pairs at least as strong expected in the whole database, an upper limit.",                  \
      "偶然命中：整个数据库中预期同等强度的无关配对数（上限）。")                                                                           \
    X(LIST_ADDED_SAID, "+: below the threshold; considered because a brother or sister of the child is listed for this family.",            \
      "+：低于阈值；因该儿童的兄弟姐妹列于该家庭而一并考虑。")                                                                              \
    X(LIST_VERDICTS, "Verdicts: ", "判定：")                                                                                                \
    X(LIST_UNCHECKED, "The quality check was left out: nothing is reported.", "未做质量检查：不作上报。")                                   \
    X(LIST_SETTLE, "What would settle the first leads", "如何落实前几条线索")                                                               \
    X(LAB_ONLY, " (laboratory and verifiers only)", "（仅限实验室和核验人员）")                                                             \
    X(DECISION, "Decision", "判定依据")                                                                                                     \
    X(DECISION_FOR, "For the laboratory and verifiers only; nothing of it is for families or carers.", "仅限实验室和核验人员；不得向家庭或照料者提供。") \
    X(NO_DECISION, "No decision", "无判定")                                                                                                 \
    X(NO_DECISION_NOT_LISTED, "The search did not list this pair: its ratio is below the threshold, or another part of the family stands for it.",  \
      "检索未列出该配对：其似然比低于阈值，或由该家庭的另一部分代表。")                                                                     \
    X(NO_DECISION_OLD_RUN, "No decision in this run: it was made without one. Search again with `homeward match --out`.",                   \
      "该次运行未作判定。请用 `homeward match --out` 重新检索。")                                                                           \
    X(NO_DECISION_NO_RUN, "The joint posterior needs a whole search. Search with `homeward match --out RUN` and explain with --run RUN.",   \
      "联合后验概率须经完整检索。请用 `homeward match --out RUN` 检索，再以 --run RUN 解释。")                                              \
    X(WHICH_OPEN, "The family is clear; which of its missing persons the child is, DNA does not tell. Age and memory settle that.",         \
      "家庭明确；该儿童是其中哪一名失踪人，DNA 无法区分，须由年龄和记忆判断。")                                                             \
    X(UNDER, "Searched under these relatives alone", "仅依据以下亲属检索")                                                                  \
    X(POLICY, "Policy", "判定规则")                                                                                                         \
    X(JOINT_FAMILY, "Joint posterior: one of the missing of this family", "联合后验概率：为该家庭失踪人之一")                               \
    X(JOINT_MISSING, "Joint posterior: this missing person", "联合后验概率：为该失踪人")                                                    \
    X(JOINT_TO, " to ", " 至 ")                                                                                                             \
    X(NOT_REGISTERED, "The child's family is not registered", "儿童的家庭未登记")                                                           \
    X(UNLISTED, "One of the pairs not listed", "未列出的配对之一")                                                                          \
    X(CHILD_RELATIVE, "A child of a brother or sister of a family listed for it", "所列家庭父母之兄弟姐妹的子女")                           \
    X(OTHER_GROUP, "A family solved in another group", "另组求解的家庭")                                                                    \
    X(CHANCE_HITS, "Chance hits at least as strong expected in the whole database", "整个数据库中预期同等强度的偶然命中数")                 \
    X(CRITERIA, "Criteria of the policy", "判定规则各项")                                                                                   \
    X(CRITERION, "Criterion", "项目")                                                                                                       \
    X(MET, "Met", "符合")                                                                                                                   \
    X(MET_YES, "yes", "是")                                                                                                                 \
    X(MET_NO, "no", "否")                                                                                                                   \
    X(MET_UNKNOWN, "unknown", "未知")                                                                                                       \
    X(FINDING, "What is found", "结果")                                                                                                     \
    X(SETTLES, "What would settle it", "如何落实")                                                                                          \
    X(TOGETHER, "Most probable assignment of all children considered together with this one", "与该儿童一并考虑的全部儿童的最可能归属")     \
    X(TOGETHER_NONE, "Most probable: none of the children of this group belongs to a family listed.", "最可能：该组儿童均不属于所列家庭。") \
    X(TOGETHER_POSTERIOR, "probability", "概率")                                                                                            \
    X(TOGETHER_OF, "assignments", "种归属")                                                                                                 \
    X(TOGETHER_MORE, "more places are not shown", "处未显示")                                                                               \
    X(CLAIMS, "Other claims on this child or this missing person", "对该儿童或该失踪人的其他主张")                                          \
    X(CLAIMS_NONE, "No other claim on this child or this missing person is listed.", "未列出对该儿童或该失踪人的其他主张。")                \
    X(NEXT, "Next best sample of the family", "该家庭下一份最有价值的样本")                                                                 \
    X(NEXT_WHAT, "Whom to sample", "采样对象")                                                                                              \
    X(NEXT_SAMPLES, "Samples", "样本数")                                                                                                    \
    X(NEXT_NOW, "Now", "目前")                                                                                                              \
    X(NEXT_THEN, "Then", "之后")                                                                                                            \
    X(NEXT_GAIN, "Gain", "增益")                                                                                                            \
    X(NEXT_NEW, "new sample", "新样本")                                                                                                     \
    X(NEXT_TO_FIND, "to be found", "待寻找")                                                                                                \
    X(NEXT_RETYPE, "type again, all loci of the kit", "重新检测试剂盒全部位点")                                                             \
    X(NEXT_SAID, "Now, then: probability that the missing child, if among the rescued, reaches log10 LR ",                                  \
      "目前、之后：失踪儿童若在获救儿童之中，其 log10 似然比达到 ")                                                                         \
    X(NEXT_SAID_END, ", without and with the sample. Gain: expected number of additional children identified.",                             \
      " 的概率（无该样本、有该样本）。增益：预期多识别的儿童数。")                                                                          \
    X(CHANCE, "Chance", "偶然性")                                                                                                           \
    X(CHANCE_CAPTION, "Probability of a ratio at least as large as that of this child, typed at the loci it is typed at, if it were",      \
      "若该儿童（按其分型基因座）属于下列情形，得到不低于所观察似然比的概率")                                                               \
    X(CHANCE_AGAINST, "log10 missing : this", "log10 失踪人：此项")                                                                         \
    X(CHANCE_TAIL, "Probability, between", "概率（下界）")                                                                                  \
    X(CHANCE_AND, "and", "上界")                                                                                                            \
    X(NO_CHANCE, "Not computed: ", "未计算：")                                                                                              \
    X(CHANCE_X, "X loci are left out: the sex of the missing person is not known.", "未计入 X 基因座：失踪人性别不详。")                    \
    X(CHANCE_LINKED, "Loci stated to be linked are taken as independent here.", "此处将连锁基因座视为独立。")                               \
    X(LIST_VERBAL_SAID, "In words: by the smallest ratio over the populations.", "文字表述：以各群体中的最小似然比为准。")

typedef enum hw_label {
#define X(name, en, zh) HW_L_##name,
    HW_LABEL_LIST(X)
#undef X
    HW_L_COUNT
} hw_label;

const char *hw_label_text(hw_report_lang lang, hw_label label);
/** "en", "zh-Hans". */
const char *hw_lang_tag(hw_report_lang lang);

#endif
