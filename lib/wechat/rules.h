/*
 * Rules of a request that look at more than one member. Source: reference payscore.md 2.2 to 2.7.
 */
#ifndef PS_WECHAT_RULES_H
#define PS_WECHAT_RULES_H

#include <cJSON.h>

#include "payscore/status.h"
#include "wechat/fields.h"

/* RULE(name, form, text): the rule is the function rule_name in rules.c. */
#define PS_RULES(RULE)                                                                             \
    RULE(total, complete_order, "total_amount is the sum of payments less the sum of discounts")   \
    RULE(total, modify_order, "total_amount is the sum of payments less the sum of discounts")     \
    RULE(payment_names, create_order, "each name but 商品信息 occurs once in post_payments")       \
    RULE(payment_names, complete_order, "each name but 商品信息 occurs once in post_payments")     \
    RULE(payment_names, modify_order, "each name but 商品信息 occurs once in post_payments")       \
    RULE(payment_says, create_order, "a payment has an amount or a description")                   \
    RULE(payment_says, complete_order, "a payment has an amount or a description")                 \
    RULE(payment_says, modify_order, "a payment has an amount or a description")                   \
    RULE(discount_names, create_order, "each name occurs once in post_discounts")                  \
    RULE(discount_names, complete_order, "each name occurs once in post_discounts")                \
    RULE(discount_names, modify_order, "each name occurs once in post_discounts")                  \
    RULE(remarks, create_order, "a remark stands only beside its time")                            \
    RULE(remarks, complete_order, "a remark stands only beside its time")                          \
    RULE(order_of_times, create_order, "end_time is after start_time")                             \
    RULE(order_of_times, complete_order, "end_time is after start_time")                           \
    RULE(locations, create_order, "end_location stands only beside start_location")                \
    RULE(risk_name, create_order, "without confirmation the name is ESTIMATE_ORDER_COST")          \
    RULE(openid, create_order, "openid is given exactly when need_user_confirm is false")

enum ps_rule {
    PS_RULE_none,
#define PS_X(name, form, text) PS_RULE_##name##_of_##form,
    PS_RULES(PS_X)
#undef PS_X
};

/**
 * The first rule that a body breaks, whose members were each found right; PS_RULE_none: it keeps
 * them all. `error` names the member, its value and the rule.
 */
enum ps_rule ps_rule_broken(enum ps_form form, const cJSON *body, struct payscore_error *error);

#endif
