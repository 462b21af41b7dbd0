// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The report on power: what it says, and that it says so or fails when memory is short. */
#include "match_fixture.h"

#include "base/str.h"
#include "report/power_report.h"

static void three_families(nation *n)
{
    fx_nation(n, "TH01 FGA");
    fx_population(n, "north", 0, "TH01 6:0.2 7:0.3 8:0.5; FGA 20:0.1 21:0.6 22:0.3");
    n->o.n_populations = 1;
    n->d.synthetic = true;
    uint32_t f = fx_family(n, "F1", "F M; M F; C M F M; D F F M", "C D");
    fx_member(n, f, "F", "TH01=6/7 FGA=20/20");
    f = fx_family(n, "F2", "F M; M F; C M F M", "C");
    fx_member(n, f, "F", "TH01=6/6 FGA=20/20");
    fx_member(n, f, "M", "TH01=6/7 FGA=20/22");
    f = fx_family(n, "F3,\"x\"", "F M; M F; A M F M; C M F M", "C");
    fx_member(n, f, "F", "TH01=6/6");
    fx_member(n, f, "A", "TH01=7/7");
}

static hw_status write(const hw_power_context *c, const hw_power_result *r, int what, hw_str *out, hw_err *err)
{
    hw_report_options o;
    hw_report_options_init(&o);
    o.max_rows = 3;
    return what == 0 ? hw_report_power_text(c, r, &o, out, err) : what == 1 ? hw_report_power_csv(c, r, out, err) : hw_report_power_json(c, r, out, err);
}

static void says_all(void **state)
{
    (void)state;
    static const char *const words[3][8] = {
        {"SYNTHETIC", "F1 (C)", "F1 (D)", "both parents", "1 more", "weak", "cannot be related", "chance hits"},
        {"family,missing", "F1,C,one parent", "F1,D", "F2", "\"F3,\"\"x\"\"\",C", "IMPOSSIBLE", "no child can", ",yes,"},
        {"homeward-power", "\"kind\": \"all\"", "exclusion_per_locus", "\"TH01\"", "\"IMPOSSIBLE\"", "p_theirs_1", "chance_hits", "F3,\\\"x\\\""},
    };
    nation n;
    three_families(&n);
    hw_power_options p;
    hw_power_options_init(&p);
    p.tail_log10[0] = 2;
    hw_power_result r;
    hw_err err = {0};
    fx_ok(hw_power_compute(&n.d, &n.o, &p, &r, &err), &err);
    const hw_power_context c = {.d = &n.d, .m = &n.o, .p = &p, .children = 100, .loci = true};
    for (int what = 0; what < 3; what++) {
        hw_str out;
        hw_str_init(&out, 0);
        fx_ok(write(&c, &r, what, &out, &err), &err);
        for (int i = 0; i < 8; i++) {
            if (strstr(out.s, words[what][i]) == NULL) {
                fail_msg("%d lacks %s:\n%s", what, words[what][i], out.s);
            }
        }
        hw_str_release(&out);
        for (long nth = 1;; nth++) {
            err = (hw_err){0};
            hw_str_init(&out, 0);
            hw_alloc_fail_at(nth, nth % 2 == 0);
            hw_status s = write(&c, &r, what, &out, &err);
            long asked = hw_alloc_count();
            hw_alloc_fail_at(0, false);
            hw_str_release(&out);
            if (asked < nth) {
                fx_ok(s, &err);
                break;
            }
            fx_fails(s, HW_NO_MEMORY, &err, "memory");
        }
    }
    hw_power_result_release(&r);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_all)};
    return cmocka_run_group_tests_name("power_report", tests, NULL, NULL);
}
