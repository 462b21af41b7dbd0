// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Invented Chinese names: a common surname and one or two common syllables, put together at random. They are of nobody; the comments that
 * carry them say that they are invented.
 */
#include <stdio.h>

#include "kinship/nation.h"

static const char *const surname[] = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋",
    "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡",
    "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭", "廖",
    "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江", "史", "顾", "侯", "邵", "孟", "龙", "万", "段", "欧阳",
};
static const char *const of_men[] = {"伟", "强", "磊", "军", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏", "华", "飞",
                                     "建", "国", "志", "文", "斌", "波", "宇", "浩", "凯", "健", "俊", "帆", "峰", "博", "晨"};
static const char *const of_women[] = {"芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "英", "玲", "桂", "兰", "燕", "红",
                                       "雪", "梅", "琳", "慧", "婷", "颖", "洁", "倩", "莹", "欣", "怡", "佳", "梦", "瑶", "蓉"};
static const char *const of_both[] = {"安", "宁", "乐", "欢", "思", "子", "小", "晓", "海", "春", "秋", "云", "林", "青", "雨", "清", "远", "新", "天", "阳"};

#define COUNT(list) ((uint32_t)(sizeof(list) / sizeof((list)[0])))

static const char *syllable(hw_sex sex, hw_rng *rng)
{
    if (hw_rng_below(rng, 3) == 0) {
        return of_both[hw_rng_below(rng, COUNT(of_both))];
    }
    return sex == HW_SEX_MALE ? of_men[hw_rng_below(rng, COUNT(of_men))] : of_women[hw_rng_below(rng, COUNT(of_women))];
}

uint32_t name_family(hw_rng *rng)
{
    return hw_rng_below(rng, COUNT(surname));
}

char *name_person(uint32_t family, hw_sex sex, hw_rng *rng, char *buf)
{
    const char *first = syllable(sex, rng), *second = hw_rng_below(rng, 4) == 0 ? "" : syllable(sex, rng);
    snprintf(buf, NAME_BUF, "%s%s%s", surname[family], first, second);
    return buf;
}
