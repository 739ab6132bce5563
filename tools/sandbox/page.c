/*
 * The confirm page of an order, as the user sees it. Who enters it has used the package up, whether
 * or not he confirms. Source: reference payscore.md 6.2.
 */
#include <string.h>

#include "courier.h"
#include "platform.h"
#include "support.h"

/* Why the page does not open; NULL: it does. */
static const char *shut(const struct sandbox_order *order, const struct sandbox_user *user,
                        const char *package)
{
    const struct sandbox_page *page = &order->page;

    if (order->state != SANDBOX_CREATED) return "the order is not CREATED";
    if (page->package[0] == '\0') return "no package was handed out";
    if (package != NULL && strcmp(package, page->package) != 0) {
        return "4186: the package is not the last one of this order";
    }
    if (page->entered) return "订单未获得权益，系统繁忙: the package was used before";
    if (sandbox_life_ms(order->sandbox) - page->package_ms > SANDBOX_PACKAGE_LIFE_MS) {
        return "the package is older than an hour";
    }
    if (order->user != NULL && order->user != user) return "the order is another user's";
    return NULL;
}

bool sandbox_user_enters(struct sandbox_order *order, const struct sandbox_user *user,
                         const char *package, const char **problem)
{
    *problem = shut(order, user, package);
    if (*problem != NULL) return false;
    order->page.entered = true;
    sandbox_random_letters(order->page.query_id, SANDBOX_TOKEN_SIZE);
    return true;
}

/* Why the order is not confirmed on the open page; NULL: it is. */
static const char *unconfirmed(const struct sandbox_order *order, const struct sandbox_user *user)
{
    const struct sandbox *sandbox = order->sandbox;

    if (user->unfinished_order || user->overdue_order || user->too_many_orders ||
        (sandbox->switches.one_unfinished_order && sandbox_user_is_bound(sandbox, user, NULL))) {
        return "当前行业进行中订单过多";
    }
    if (user->youth_mode) return "已开启青少年模式支付限额";
    if (user->assessment_fails && !(order->service->exempt && user->pays_deposit)) {
        return "综合评估不通过";
    }
    return user->accepts ? NULL : "the user does not confirm";
}

bool sandbox_user_confirms(struct sandbox_order *order, struct sandbox_user *user,
                           const char **problem)
{
    *problem = unconfirmed(order, user);
    if (*problem != NULL) return false;
    order->deposit_paid = user->assessment_fails;
    order->confirmed_count++;
    sandbox_order_begins(order, user, sandbox_now_ms());
    sandbox_courier_order(order, "PAYSCORE.USER_CONFIRM", "用户确认订单");
    return true;
}
