/* Every documented answer becomes the input that the design gives it; success needs a signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/platform_side.h"
#include "support/vectors.h"
#include "wechat/errors.h"
#include "wechat/reply.h"
#include "wechat/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct ps_keyring *ring;

static int open_ring(void **state)
{
    (void)state;
    struct payscore_credentials keys = test_credentials();
    return ps_keyring_open(&ring, &keys, NULL) == PAYSCORE_OK ? 0 : -1;
}

static int close_ring(void **state)
{
    (void)state;
    ps_keyring_close(ring);
    return 0;
}

static void add_header(struct payscore_exchange *exchange, const char *name, const char *value)
{
    exchange->headers[exchange->header_count++] =
        (struct payscore_header){ps_text_of(name), ps_text_of(value)};
}

/** An unsigned answer, as errors are. */
static struct payscore_exchange answered(int status, const char *body, const char *request_id)
{
    struct payscore_exchange exchange = {
        .delivery = PAYSCORE_ANSWERED, .status = status, .body = ps_text_of(body)};
    if (request_id[0] != '\0') add_header(&exchange, "Request-ID", request_id);
    return exchange;
}

static void read_error(enum ps_call call, int status, const char *body, const char *request_id,
                       struct ps_answer *answer)
{
    struct payscore_exchange exchange = answered(status, body, request_id);
    ps_reply_read(ring, call, &exchange, TEST_NOW_MS, answer);
}

/** A signed success. */
static void read_success(enum ps_call call, int status, const char *body, struct ps_answer *answer)
{
    struct test_signed how;
    struct payscore_exchange exchange = answered(status, body, "08F5-0");
    test_sign_body(ps_text_of(body), TEST_NOW_MS, &how);
    for (size_t i = 0; i < how.header_count; i++)
        exchange.headers[exchange.header_count++] = how.headers[i];
    ps_reply_read(ring, call, &exchange, TEST_NOW_MS, answer);
}

static void read_example(enum ps_call call, const char *name, struct ps_answer *answer)
{
    size_t size = 0;
    char *body = vector_text(name, &size);
    read_success(call, 200, body, answer);
    free(body);
}

struct row {
    enum ps_call call;
    int status;
    const char *code, *message;
    uint32_t number;
    enum ps_event event;
    enum ps_reason reason;
    int64_t cooldown_ms;
};

static void check_row(const struct row *row)
{
    char body[512];
    char request_id[64];
    struct ps_answer answer;
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\",\"message\":\"%s\"}", row->code,
                   row->message);
    (void)snprintf(request_id, sizeof request_id, "08F5B8C2B506102C18FDDFEEA30620-%u",
                   (unsigned)row->number);
    read_error(row->call, row->status, body, request_id, &answer);
    if (answer.input.event != row->event || answer.input.reason != row->reason)
        fail_msg("%d %s '%s' %u: event %d, reason %d", row->status, row->code, row->message,
                 (unsigned)row->number, answer.input.event, answer.input.reason);
    assert_int_equal(answer.input.cooldown_ms, row->cooldown_ms);
    assert_int_equal(answer.stops_lane, row->event == PS_EVENT_ours);
    assert_string_equal(answer.code, row->code);
    assert_string_equal(answer.message, row->message);
    assert_string_equal(answer.request_id, request_id);
    assert_int_not_equal(answer.error_row, 0);
}

#define CREATE    PS_CALL_create_order
#define COMPLETE  PS_CALL_complete_order
#define CANCEL    PS_CALL_cancel_order
#define QUERY     PS_CALL_query_order
#define ASK       PS_CALL_query_authorization_by_openid
#define PREAUTH   PS_CALL_preauthorize
#define TERMINATE PS_CALL_terminate_authorization
#define BY_CODE   PS_CALL_terminate_authorization_by_code
#define MODIFY    PS_CALL_modify_order
#define SYNC      PS_CALL_sync_order
#define PAY       PS_CALL_pay_order
#define REFUSED   PS_EVENT_refused
#define OURS      PS_EVENT_ours
#define BUSY      PS_EVENT_busy
#define UNKNOWN   PS_EVENT_unknown
#define FAILED    PS_EVENT_look_failed
#define R(name)   PS_REASON_##name

static void every_documented_code_is_classified(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {CREATE, 400, "PARAM_ERROR", "参数错误", 0, REFUSED, R(parameter), 0},
        {COMPLETE, 400, "INVALID_REQUEST", "", 0, REFUSED, R(unlisted), 0},
        {COMPLETE, 400, "INVALID_ORDER_STATE", "", 0, REFUSED, R(state), 0},
        {CANCEL, 400, "ORDER_CANCELED", "", 0, REFUSED, R(already_canceled), 0},
        {SYNC, 400, "ORDER_CANCELED", "", 0, REFUSED, R(already_canceled), 0},
        {SYNC, 400, "ORDER_DONE", "", 0, REFUSED, R(already_done), 0},
        {MODIFY, 400, "ORDER_DONE", "", 0, REFUSED, R(already_done), 0},
        {PAY, 400, "ORDER_DONE", "", 0, REFUSED, R(already_done), 0},
        {MODIFY, 400, "INVALID_ORDER_STATE", "", 0, REFUSED, R(state), 0},
        {PAY, 403, "NO_AUTH", "", 0, REFUSED, R(no_permission), 0},
        {MODIFY, 404, "ORDER_NOT_EXIST", "", 0, REFUSED, R(not_found), 0},
        {PAY, 404, "ORDER_NOT_EXIST", "", 0, REFUSED, R(not_found), 0},
        {BY_CODE, 404, "ORDER_NOT_EXIST", "", 0, REFUSED, R(not_found), 0},
        {PAY, 429, "FREQUENCY_LIMITED", "", 0, BUSY, R(too_frequent), 1000},
        {PAY, 500, "SYSTEM_ERROR", "", 0, UNKNOWN, R(platform_fault), 0},
        {SYNC, 500, "SYSTEM_ERROR", "", 0, UNKNOWN, R(platform_fault), 0},
        {MODIFY, 400, "INVALID_REQUEST", "", 0, REFUSED, R(unlisted), 0},
        {COMPLETE, 400, "ORDER_DONE", "订单已完成", 0, REFUSED, R(already_done), 0},
        {CREATE, 401, "SIGN_ERROR", "签名错误", 0, OURS, R(signature), 0},
        {QUERY, 401, "SIGN_ERROR", "签名错误", 0, OURS, R(signature), 0},
        {CREATE, 403, "NO_AUTH", "", 0, REFUSED, R(not_authorized), 0},
        {COMPLETE, 403, "NO_AUTH", "", 0, REFUSED, R(no_permission), 0},
        {QUERY, 404, "ORDER_NOT_EXIST", "", 0, PS_EVENT_seen_absent, R(not_found), 0},
        {COMPLETE, 404, "ORDER_NOT_EXIST", "", 0, REFUSED, R(not_found), 0},
        {QUERY, 404, "ORDER_NOT_ EXIST", "", 0, PS_EVENT_seen_absent, R(not_found), 0},
        {CANCEL, 404, "ORDER_NOT_ EXIST", "", 0, REFUSED, R(not_found), 0},
        {CREATE, 429, "FREQUENCY_LIMITED", "", 0, BUSY, R(too_frequent), 1000},
        {CREATE, 429, "RATELIMIT_EXCEEDED", "", 0, BUSY, R(too_frequent), 1000},
        {CREATE, 429, "RATE_LIMITED", "", 0, BUSY, R(too_frequent), 1000},
        {CREATE, 429, "FREQUENCY_LIMIT_EXCEED", "", 0, BUSY, R(too_frequent), 1000},
        {CREATE, 429, "SOMETHING_NEW", "", 0, BUSY, R(too_frequent), 1000},
        {CREATE, 500, "SYSTEM_ERROR", "", 0, UNKNOWN, R(platform_fault), 0},
        {CREATE, 500, "BANK_ERROR", "", 0, UNKNOWN, R(platform_fault), 0},
        {CREATE, 503, "SERVICE_UNAVAILABLE", "", 0, UNKNOWN, R(platform_fault), 0},
        {CREATE, 502, "SOMETHING_NEW", "", 0, UNKNOWN, R(platform_fault), 0},
        {CREATE, 500, "PARAM_ERROR", "", 0, UNKNOWN, R(platform_fault), 0},
        {CREATE, 500, "OPENID_MISMATCH", "", 0, REFUSED, R(parameter), 0},
        {CREATE, 500, "INVALID_TRANSACTIONID", "", 0, REFUSED, R(parameter), 0},
        {CREATE, 400, "APPID_MCHID_NOT_MATCH", "", 0, OURS, R(binding), 0},
        {QUERY, 403, "APPID_MCHID_NOT_MATCH", "", 0, OURS, R(binding), 0},
        {CREATE, 404, "MCH_NOT_EXISTS", "", 0, OURS, R(binding), 0},
        {CREATE, 403, "RULE_LIMIT", "", 0, REFUSED, R(unlisted), 0},
        {CREATE, 418, "SOMETHING_NEW", "", 0, REFUSED, R(unlisted), 0},
        {QUERY, 400, "PARAM_ERROR", "", 0, FAILED, R(parameter), 0},
        {QUERY, 429, "FREQUENCY_LIMITED", "", 0, FAILED, R(too_frequent), 1000},
        {QUERY, 500, "SYSTEM_ERROR", "", 0, FAILED, R(platform_fault), 0},
        {QUERY, 404, "RESOURCE_NOT_EXISTS", "", 0, FAILED, R(unlisted), 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

static void every_documented_message_is_classified(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {CREATE, 403, "NO_AUTH", "商户暂无权限使用此服务", 0, REFUSED, R(no_permission), 0},
        {PREAUTH, 403, "NO_AUTH", "请检查服务是否有权限", 0, REFUSED, R(no_permission), 0},
        {CREATE, 403, "NO_AUTH", "当前无权限进行此操作", 0, REFUSED, R(no_permission), 0},
        {CREATE, 400, "PARAM_ERROR", "mch_id和appid未绑定", 0, OURS, R(binding), 0},
        {CREATE, 400, "PARAM_ERROR", "mch_id 不存在", 0, OURS, R(binding), 0},
        {CREATE, 400, "PARAM_ERROR", "订单风险金额名称不符合要求", 0, REFUSED, R(parameter), 0},
        {CREATE, 400, "PARAM_ERROR", "创建订单的订单风险金额超过此服务的服务风险金额", 0, REFUSED,
         R(amount), 0},
        {COMPLETE, 400, "PARAM_ERROR", "总金额超过此服务的服务风险金额", 0, REFUSED, R(amount), 0},
        {COMPLETE, 400, "PARAM_ERROR", "最终总金额计算非法", 0, REFUSED, R(amount), 0},
        {COMPLETE, 400, "PARAM_ERROR", "参数超出取值范围", 0, REFUSED, R(parameter), 0},
        {COMPLETE, 400, "PARAM_ERROR", "创建订单未填写服务结束时间，则结束时间必填", 0, REFUSED,
         R(time), 0},
        {COMPLETE, 400, "PARAM_ERROR", "真实结束时间小于预计开始时间", 0, REFUSED, R(time), 0},
        {COMPLETE, 400, "PARAM_ERROR", "实际结束时间不能晚于使用完结接口的时间", 0, REFUSED,
         R(time), 0},
        {CREATE, 400, "INVALID_REQUEST", "综合评估不通过", 0, REFUSED, R(assessment_failed), 0},
        {CREATE, 400, "INVALID_REQUEST", "综合评估未通过", 0, REFUSED, R(assessment_failed), 0},
        {CREATE, 400, "INVALID_REQUEST", "存在未完结订单", 0, REFUSED, R(unfinished_order), 0},
        {CREATE, 400, "INVALID_REQUEST", "存在待处理的超时未支付订单", 0, REFUSED,
         R(unfinished_order), 0},
        {CREATE, 400, "INVALID_REQUEST", "同一实名身份下进行中订单过多", 0, REFUSED,
         R(too_many_orders), 0},
        {CREATE, 400, "INVALID_REQUEST", "已开启青少年模式支付限额", 0, REFUSED, R(user_limit), 0},
        {CREATE, 400, "INVALID_REQUEST", "订单重入参数校验失败", 0, REFUSED, R(number_reused), 0},
        {COMPLETE, 400, "INVALID_REQUEST", "当前订单状态不合法", 0, REFUSED, R(state), 0},
        {COMPLETE, 400, "PARAM_ERROR", "当前订单状态不合法", 0, REFUSED, R(state), 0},
        {COMPLETE, 400, "PARAM_ERROR", "完结订单状态不合法", 0, REFUSED, R(state), 0},
        {CANCEL, 400, "PARAM_ERROR", "当前订单状态不满足撤销条件", 0, REFUSED, R(state), 0},
        {CANCEL, 400, "INVALID_REQUEST", "当前订单状态不满足撤销条件", 0, REFUSED, R(state), 0},
        {CANCEL, 400, "INVALID_REQUEST", "仅服务订单支付状态为待支付时，才可使用此能力", 0, REFUSED,
         R(state), 0},
        {CANCEL, 400, "INVALID_REQUEST", "单据正在扣款中，请稍后再试", 0, BUSY, R(deducting),
         180000},
        {CANCEL, 403, "RULE_LIMIT", "单据正在扣款中，请稍后再试", 0, BUSY, R(deducting), 180000},
        {CANCEL, 400, "INVALID_REQUEST", "收款结果不明，请稍后重试", 0, UNKNOWN, R(deducting),
         180000},
        {COMPLETE, 400, "INVALID_REQUEST", "支付分扣款失败", 0, UNKNOWN, R(deduction_failed), 0},
        {QUERY, 404, "ORDER_NOT_EXIST", "查询单据不存在", 0, PS_EVENT_seen_absent, R(not_found), 0},
        {ASK, 404, "ORDER_NOT_EXIST", "请求操作的授权记录不存在", 0, PS_EVENT_seen_absent,
         R(not_found), 0},
        {TERMINATE, 400, "INVALID_REQUEST", "商户解除授权的授权码不是这个用户签约的授权", 0,
         REFUSED, R(parameter), 0},
        {TERMINATE, 400, "INVALID_REQUEST", "存在未完成订单", 0, REFUSED, R(unfinished_service), 0},
        {TERMINATE, 400, "INVALID_REQUEST", "你在该服务下有未完成的订单，暂无法停用", 0, REFUSED,
         R(unfinished_service), 0},
        {CREATE, 401, "SIGN_ERROR", "Authorization 不合法", 0, OURS, R(signature), 0},
        {CREATE, 401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟",
         0, OURS, R(clock), 0},
        {CREATE, 400, "PARAM_ERROR", "http header中的mchid与post payload中的mchid不匹配", 0, OURS,
         R(binding), 0},
        {CREATE, 400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", 0, OURS, R(not_platform),
         0},
        {CREATE, 400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误", 0, OURS, R(signature),
         0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

static void messages_about_a_running_order_are_classified(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {MODIFY, 400, "INVALID_REQUEST", "仅服务订单支付状态为待支付时，才可使用此能力", 0, REFUSED,
         R(state), 0},
        {PAY, 400, "INVALID_REQUEST", "仅服务订单支付状态为待支付时，才可使用此能力", 0, REFUSED,
         R(state), 0},
        {SYNC, 400, "INVALID_REQUEST", "仅服务订单支付状态为待支付时，才可使用此能力", 0, REFUSED,
         R(state), 0},
        {PAY, 400, "INVALID_REQUEST", "当前订单状态不合法，订单状态为确认状态", 0, REFUSED,
         R(state), 0},
        {MODIFY, 400, "PARAM_ERROR", "最终总金额计算非法", 0, REFUSED, R(amount), 0},
        {MODIFY, 400, "PARAM_ERROR", "总金额超过此服务的服务风险金额", 0, REFUSED, R(amount), 0},
        {MODIFY, 400, "INVALID_REQUEST", "单据正在扣款中，请稍后再试", 0, BUSY, R(deducting),
         180000},
        {SYNC, 400, "INVALID_REQUEST", "单据正在扣款中，请稍后再试", 0, BUSY, R(deducting), 180000},
        {SYNC, 400, "INVALID_REQUEST", "收款结果不明，请稍后重试", 0, UNKNOWN, R(deducting),
         180000},
        {SYNC, 500, "SYSTEM_ERROR", "收款结果不明，请稍后重试", 0, UNKNOWN, R(platform_fault), 0},
        {PAY, 400, "INVALID_REQUEST", "支付分扣款失败", 0, UNKNOWN, R(deduction_failed), 0},
        {BY_CODE, 400, "INVALID_REQUEST", "商户解除用户授权的授权码不是这个用户签约的授权", 0,
         REFUSED, R(parameter), 0},
        {BY_CODE, 400, "INVALID_REQUEST", "存在未完成订单", 0, REFUSED, R(unfinished_service), 0},
        {BY_CODE, 404, "ORDER_NOT_EXIST", "请求操作的授权记录不存在", 0, REFUSED, R(not_found), 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

static void every_documented_number_goes_before_words(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {CREATE, 403, "NO_AUTH", "x", 268503786, REFUSED, R(no_permission), 0},
        {CREATE, 400, "X", "x", 271302149, OURS, R(binding), 0},
        {CREATE, 400, "X", "x", 271302144, OURS, R(binding), 0},
        {CREATE, 400, "X", "x", 268445527, OURS, R(binding), 0},
        {COMPLETE, 400, "X", "x", 271316656, REFUSED, R(amount), 0},
        {COMPLETE, 400, "X", "x", 268435464, REFUSED, R(parameter), 0},
        {COMPLETE, 400, "X", "x", 268435461, REFUSED, R(parameter), 0},
        {COMPLETE, 400, "X", "x", 270924358, REFUSED, R(parameter), 0},
        {COMPLETE, 400, "X", "x", 271316637, REFUSED, R(time), 0},
        {CREATE, 400, "X", "x", 271300099, REFUSED, R(assessment_failed), 0},
        {CREATE, 400, "X", "x", 271299627, REFUSED, R(unfinished_order), 0},
        {CREATE, 400, "X", "x", 268560785, REFUSED, R(user_limit), 0},
        {CREATE, 400, "X", "x", 271316598, REFUSED, R(number_reused), 0},
        {CREATE, 400, "X", "x", 268498688, REFUSED, R(number_reused), 0},
        {COMPLETE, 400, "X", "当前订单状态不合法", 271302262, REFUSED, R(state), 0},
        {COMPLETE, 400, "X", "当前订单状态不合法", 271302333, REFUSED, R(already_canceled), 0},
        {COMPLETE, 400, "X", "当前订单状态不合法", 271302332, REFUSED, R(state), 0},
        {CANCEL, 400, "X", "x", 271316592, REFUSED, R(state), 0},
        {CANCEL, 400, "X", "x", 271316657, REFUSED, R(state), 0},
        {MODIFY, 400, "X", "x", 271316657, REFUSED, R(state), 0},
        {PAY, 400, "X", "x", 271316657, REFUSED, R(state), 0},
        {SYNC, 400, "X", "x", 271316657, REFUSED, R(state), 0},
        {PAY, 400, "X", "当前订单状态不合法", 271302333, REFUSED, R(already_canceled), 0},
        {PAY, 400, "X", "当前订单状态不合法", 271302332, REFUSED, R(state), 0},
        {MODIFY, 400, "X", "x", 271316754, BUSY, R(deducting), 180000},
        {SYNC, 400, "X", "x", 271316754, BUSY, R(deducting), 180000},
        {PAY, 400, "X", "x", 271316754, BUSY, R(deducting), 180000},
        {PAY, 400, "X", "x", 271316574, UNKNOWN, R(deduction_failed), 0},
        {MODIFY, 400, "X", "x", 271316656, REFUSED, R(amount), 0},
        {CANCEL, 500, "SYSTEM_ERROR", "x", 271316754, BUSY, R(deducting), 180000},
        {COMPLETE, 400, "X", "x", 271316574, UNKNOWN, R(deduction_failed), 0},
        {QUERY, 404, "X", "x", 271317510, PS_EVENT_seen_absent, R(not_found), 0},
        {CANCEL, 404, "X", "x", 271317510, REFUSED, R(not_found), 0},
        {CANCEL, 401, "X", "x", 270924332, OURS, R(signature), 0},
        {CANCEL, 401, "X", "x", 268443699, OURS, R(signature), 0},
        {CANCEL, 429, "X", "x", 268435472, BUSY, R(too_frequent), 1000},
        {CANCEL, 400, "X", "x", 268447840, BUSY, R(too_frequent), 1000},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i]);
}

static void every_row_of_the_table_can_decide(void **state)
{
    (void)state;
    size_t count = 0;
    const struct ps_error_row *rows = ps_error_rows(&count);
    for (size_t i = 0; i < count; i++) {
        bool bare = strcmp(rows[i].code, "-") == 0;
        struct ps_error_answer answer = {
            .call = (rows[i].calls >> QUERY & 1) != 0 ? QUERY : CREATE,
            .status = rows[i].status,
            .platform = !bare,
            .code = ps_text_of(rows[i].code[0] == '\0' ? "SOMETHING" : rows[i].code),
            .message = ps_text_of(rows[i].fragment),
            .number = rows[i].fragment[0] == '\0' ? rows[i].number : 0,
        };
        const struct ps_error_row *found = ps_error_find(&answer);
        if (found != &rows[i]) fail_msg("row %d is hidden by row %d", rows[i].id, found->id);
        assert_true(strlen(rows[i].source) > 0);
    }
    assert_true(count > 60);
}

static void refusals_of_the_examples_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ps_call call;
        int status;
        enum ps_event event;
        enum ps_reason reason;
    } rows[] = {
        {"payscore/create_refused_assessment.json", CREATE, 400, REFUSED, R(assessment_failed)},
        {"payscore/create_refused_risk_name.json", CREATE, 400, REFUSED, R(parameter)},
        {"payscore/create_refused_no_auth.json", CREATE, 403, REFUSED, R(no_permission)},
        {"payscore/sync_refused_done.json", SYNC, 400, REFUSED, R(already_done)},
        {"payscore/query_absent.json", QUERY, 404, PS_EVENT_seen_absent, R(not_found)},
        {"payscore/authorization_never.json", ASK, 404, PS_EVENT_seen_absent, R(not_found)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t size = 0;
        struct ps_answer answer;
        char *body = vector_text(rows[i].name, &size);
        read_error(rows[i].call, rows[i].status, body, "", &answer);
        assert_int_equal(answer.input.event, rows[i].event);
        assert_int_equal(answer.input.reason, rows[i].reason);
        free(body);
    }
}

static void errors_without_the_platforms_body_are_not_the_platforms(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum ps_event effect, query;
        enum ps_reason reason;
    } rows[] = {
        {403, "<html>Forbidden</html>", OURS, OURS, R(not_platform)},
        {404, "", OURS, OURS, R(not_platform)},
        {405, "", OURS, OURS, R(not_platform)},
        {407, "", OURS, OURS, R(not_platform)},
        {400, "{\"error\":\"x\"}", OURS, OURS, R(not_platform)},
        {400, "{\"code\":400}", OURS, OURS, R(not_platform)},
        {400, "{\"code\":\"\"}", OURS, OURS, R(not_platform)},
        {401, "", OURS, OURS, R(not_platform)},
        {302, "{\"code\":\"PARAM_ERROR\"}", OURS, OURS, R(not_platform)},
        {408, "", UNKNOWN, FAILED, R(lost)},
        {429, "slow down", BUSY, FAILED, R(too_frequent)},
        {502, "<html>Bad Gateway</html>", UNKNOWN, FAILED, R(platform_fault)},
        {599, "", UNKNOWN, FAILED, R(platform_fault)},
        {100, "", UNKNOWN, FAILED, R(lost)},
        {0, "", UNKNOWN, FAILED, R(lost)},
        {600, "", UNKNOWN, FAILED, R(lost)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_answer answer;
        read_error(COMPLETE, rows[i].status, rows[i].body, "08F5-271316592", &answer);
        assert_int_equal(answer.input.event, rows[i].effect);
        assert_int_equal(answer.input.reason, rows[i].reason);
        assert_int_equal(answer.stops_lane, rows[i].effect == OURS);
        read_error(QUERY, rows[i].status, rows[i].body, "08F5-271316592", &answer);
        assert_int_equal(answer.input.event, rows[i].query);
    }
}

static void odd_request_ids_carry_no_number(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", "271316592", "08F5-", "08F5-27131659x", "08F5-2713165920", "271316592-"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_answer answer;
        read_error(CANCEL, 400, "{\"code\":\"NEW\"}", rows[i], &answer);
        assert_int_equal(answer.input.reason, R(unlisted));
    }
}

static void calls_that_got_no_answer_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        enum payscore_delivery delivery;
        enum ps_event effect, query;
        enum ps_reason reason;
    } rows[] = {
        {PAYSCORE_NOT_SENT, BUSY, FAILED, R(lost)},
        {PAYSCORE_LOST, UNKNOWN, FAILED, R(lost)},
        {PAYSCORE_TLS, OURS, OURS, R(not_platform)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_answer answer;
        struct payscore_exchange exchange = {.delivery = rows[i].delivery};
        ps_reply_read(ring, COMPLETE, &exchange, TEST_NOW_MS, &answer);
        assert_int_equal(answer.input.event, rows[i].effect);
        assert_int_equal(answer.input.reason, rows[i].reason);
        assert_int_equal(answer.stops_lane, rows[i].effect == OURS);
        assert_true(strlen(answer.detail.text) > 0);
        ps_reply_read(ring, QUERY, &exchange, TEST_NOW_MS, &answer);
        assert_int_equal(answer.input.event, rows[i].query);
    }
}

static void successes_of_the_examples_are_read(void **state)
{
    (void)state;
    static const struct {
        enum ps_call call;
        const char *name;
        enum ps_event event;
    } rows[] = {
        {CREATE, "payscore/create_reply.json", PS_EVENT_seen_in_service},
        {QUERY, "payscore/query_paying.json", PS_EVENT_seen_paying},
        {QUERY, "payscore/query_done.json", PS_EVENT_seen_done},
        {QUERY, "payscore/query_revoked.json", PS_EVENT_seen_revoked},
        {COMPLETE, "payscore/complete_reply.json", PS_EVENT_seen_paying},
        {MODIFY, "payscore/modify_reply.json", PS_EVENT_seen_paying},
        {SYNC, "payscore/sync_reply.json", PS_EVENT_seen_done},
        {PAY, "payscore/pay_reply.json", PS_EVENT_accepted},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_answer answer;
        read_example(rows[i].call, rows[i].name, &answer);
        assert_int_equal(answer.input.event, rows[i].event);
        assert_string_equal(answer.out_order_no, "PS20260301A0000017");
        assert_string_equal(answer.mchid, TEST_MCHID);
        assert_string_equal(answer.request_id, "08F5-0");
        assert_string_equal(answer.strange, "");
        assert_false(answer.stops_lane);
    }
}

static void what_a_view_points_at_lives_in_the_answer(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_example(QUERY, "payscore/query_done.json", &answer);
    assert_ptr_equal(answer.input.view.openid.data, answer.openid);
    assert_ptr_equal(answer.input.view.transaction_id.data, answer.transaction_id);
    assert_string_equal(answer.openid, "oDoc0001ExampleOpenId_abcdef");
    assert_string_equal(answer.transaction_id, "4200002600202603010123456789");
    assert_int_equal(answer.input.view.paid_fen, 800);
    read_success(QUERY, 200, "{\"state\":\"WAIT_PAY\",\"out_order_no\":\"A\"}", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_strange);
    assert_string_equal(answer.strange, "state=WAIT_PAY");
}

static void a_cancelled_order_is_revoked(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_example(CANCEL, "payscore/cancel_reply.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_revoked);
    assert_string_equal(answer.out_order_no, "PS20260301B0000042");
    assert_string_equal(answer.mchid, TEST_MCHID);
    read_success(CANCEL, 200, "{}", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    read_success(CANCEL, 204, "", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_int_equal(answer.input.reason, R(lost));
}

/* Another attempt was made; what came of it the reply does not tell. */
static void a_pay_is_accepted_and_says_no_more(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_example(PAY, "payscore/pay_reply.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_accepted);
    assert_false(answer.input.view.has_total);
    assert_string_equal(answer.openid, "");
    read_success(PAY, 200, "{}", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    read_success(PAY, 200, "{\"state\":\"DONE\",\"out_order_no\":\"A\"}", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_accepted);
}

static void authorizations_are_read(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_example(ASK, "payscore/authorization_available.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_available);
    assert_int_equal(answer.input.view.platform_ms, INT64_C(1772330712000));
    assert_string_equal(answer.openid, "oDoc0001ExampleOpenId_abcdef");
    read_example(ASK, "payscore/authorization_unavailable.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_unavailable);
    read_example(PS_CALL_query_authorization_by_code, "payscore/authorization_unbound.json",
                 &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_unbound);
    assert_string_equal(answer.authorization_code, "AUTH20260301000001");
    read_success(ASK, 200, "{}", &answer);
    assert_int_equal(answer.input.event, FAILED);
}

static void a_termination_is_accepted_without_a_body(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_success(TERMINATE, 204, "", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_accepted);
    read_success(BY_CODE, 204, "", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_accepted);
    read_error(BY_CODE, 204, "", "", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    read_error(TERMINATE, 204, "", "", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_int_equal(answer.input.reason, R(unverified));
}

static void a_pre_authorization_hands_over_its_token_for_an_hour(void **state)
{
    (void)state;
    static char big[PS_TOKEN_MAX + 64];
    struct ps_answer answer;
    read_example(PREAUTH, "payscore/preauthorize_reply.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_accepted);
    assert_string_equal(answer.handover, "q3Vn0pXexampleToken_do_not_parse_0001");
    assert_int_equal(answer.input.expires_ms, TEST_NOW_MS + 3600000);
    read_success(PREAUTH, 200, "{\"apply_permissions_token\":\"\"}", &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    (void)snprintf(big, sizeof big, "{\"apply_permissions_token\":\"%0*d\"}", PS_TOKEN_MAX + 1, 7);
    read_success(PREAUTH, 200, big, &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_string_equal(answer.handover, "");
}

static void a_package_is_handed_over_where_there_is_one(void **state)
{
    (void)state;
    static char big[PS_TOKEN_MAX + 128];
    struct ps_answer answer;
    read_example(CREATE, "payscore/create_confirm_reply.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_created);
    assert_string_equal(answer.handover, "AAQTnZoAAAABAAAAAADexampleOnly_Not-Real_0001");
    assert_true(answer.input.hands_over);
    assert_int_equal(answer.input.expires_ms, TEST_NOW_MS + PS_LIMIT_package_ms);
    read_example(QUERY, "payscore/create_confirm_reply.json", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_created);
    assert_string_equal(answer.handover, "");
    assert_false(answer.input.hands_over);
    read_success(CREATE, 200, "{\"state\":\"CREATED\",\"package\":\"\"}", &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_created);
    assert_false(answer.input.hands_over);
    assert_int_equal(answer.input.expires_ms, 0);
    (void)snprintf(big, sizeof big, "{\"state\":\"CREATED\",\"package\":\"%0*d\"}",
                   PS_TOKEN_MAX + 1, 7);
    read_success(CREATE, 200, big, &answer);
    assert_int_equal(answer.input.event, PS_EVENT_seen_created);
    assert_string_equal(answer.handover, "");
    assert_false(answer.input.hands_over);
}

static void a_success_that_does_not_verify_proves_nothing(void **state)
{
    (void)state;
    static const char body[] = "{\"state\":\"DONE\",\"out_order_no\":\"A\"}";
    struct test_signed how;
    struct ps_answer answer;
    struct payscore_exchange exchange = answered(200, body, "");
    ps_reply_read(ring, COMPLETE, &exchange, TEST_NOW_MS, &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_int_equal(answer.input.reason, R(unverified));
    assert_string_equal(answer.out_order_no, "");
    ps_reply_read(ring, QUERY, &exchange, TEST_NOW_MS, &answer);
    assert_int_equal(answer.input.event, FAILED);
    test_sign_body(ps_text_of(body), TEST_NOW_MS, &how);
    memcpy(exchange.headers, how.headers, sizeof how.headers);
    exchange.header_count = how.header_count;
    exchange.headers[3].value = ps_text_of("WECHATPAY/SIGNTEST/abcd");
    ps_reply_read(ring, COMPLETE, &exchange, TEST_NOW_MS, &answer);
    assert_int_equal(answer.input.reason, R(unverified));
    assert_false(answer.stops_lane);
    exchange.headers[3] = how.headers[3];
    ps_reply_read(ring, COMPLETE, &exchange, TEST_NOW_MS + 600000, &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_int_equal(answer.input.reason, R(unverified));
    assert_false(answer.stops_lane);
}

static void a_success_that_cannot_be_read_proves_nothing(void **state)
{
    (void)state;
    static char big[PAYSCORE_REPLY_BODY_MAX + 2];
    static const char *const rows[] = {
        "",
        "[]",
        "not JSON",
        "{}",
        "{\"state\":\"DONE\",\"out_order_no\":\"123456789012345678901234567890123\"}",
        big,
    };
    memset(big, ' ', sizeof big - 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_answer answer;
        read_success(COMPLETE, 200, rows[i], &answer);
        assert_int_equal(answer.input.event, UNKNOWN);
        assert_int_equal(answer.input.reason, R(lost));
        assert_true(strlen(answer.detail.text) > 0);
        read_success(QUERY, 200, rows[i], &answer);
        assert_int_equal(answer.input.event, FAILED);
        assert_int_equal(answer.input.reason, R(lost));
    }
}

static void the_clock_is_compared_with_the_date_header(void **state)
{
    (void)state;
    static const char body[] = "{\"state\":\"DONE\",\"out_order_no\":\"A\"}";
    struct test_signed how;
    struct ps_answer answer;
    struct payscore_exchange exchange = answered(401, "{\"code\":\"SIGN_ERROR\"}", "");
    add_header(&exchange, "Date", "Sun, 01 Mar 2026 02:05:12 GMT");
    ps_reply_read(ring, CREATE, &exchange, TEST_NOW_MS, &answer);
    assert_int_equal(answer.skew_ms, 2000);
    assert_int_equal(answer.input.reason, R(signature));
    ps_reply_read(ring, CREATE, &exchange, TEST_NOW_MS - 400000, &answer);
    assert_int_equal(answer.skew_ms, -398000);
    assert_int_equal(answer.input.event, OURS);
    assert_int_equal(answer.input.reason, R(clock));
    exchange = answered(200, body, "");
    test_sign_body(ps_text_of(body), TEST_NOW_MS, &how);
    memcpy(exchange.headers, how.headers, sizeof how.headers);
    exchange.header_count = how.header_count;
    add_header(&exchange, "date", "Sun, 01 Mar 2026 02:05:14 GMT");
    ps_reply_read(ring, CREATE, &exchange, TEST_NOW_MS + 400000, &answer);
    assert_int_equal(answer.input.event, UNKNOWN);
    assert_int_equal(answer.input.reason, R(clock));
    assert_true(answer.stops_lane);
}

static void a_wrong_signature_is_explained_with_what_the_platform_signed(void **state)
{
    (void)state;
    struct ps_answer answer;
    read_error(CREATE, 401,
               "{\"code\":\"SIGN_ERROR\",\"message\":\"错误的签名，验签失败\",\"detail\":{"
               "\"sign_information\":{\"truncated_sign_message\":\"POST\\n/v3/x\\n1\\n\","
               "\"sign_message_length\":402}}}",
               "", &answer);
    assert_non_null(strstr(answer.detail.text, "signed 402 bytes"));
    assert_non_null(strstr(answer.detail.text, "POST?/v3/x?1?"));
}

static void long_texts_of_the_platform_are_cut_at_characters(void **state)
{
    (void)state;
    char body[1024] = "{\"code\":\"NEW\",\"message\":\"";
    struct ps_answer answer;
    size_t points = 0;
    uint32_t highest = 0;
    for (size_t i = 0; i < 200; i++)
        strcat(body, "错");
    strcat(body, "\"}");
    read_error(CREATE, 400, body, "", &answer);
    assert_int_equal(strlen(answer.message), 255);
    assert_true(ps_utf8_count(ps_text_of(answer.message), &points, &highest));
    assert_true(ps_utf8_count(ps_text_of(answer.detail.text), &points, &highest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_code_is_classified),
        cmocka_unit_test(every_documented_message_is_classified),
        cmocka_unit_test(messages_about_a_running_order_are_classified),
        cmocka_unit_test(every_documented_number_goes_before_words),
        cmocka_unit_test(every_row_of_the_table_can_decide),
        cmocka_unit_test(refusals_of_the_examples_are_read),
        cmocka_unit_test(errors_without_the_platforms_body_are_not_the_platforms),
        cmocka_unit_test(odd_request_ids_carry_no_number),
        cmocka_unit_test(calls_that_got_no_answer_are_told_apart),
        cmocka_unit_test(successes_of_the_examples_are_read),
        cmocka_unit_test(what_a_view_points_at_lives_in_the_answer),
        cmocka_unit_test(a_cancelled_order_is_revoked),
        cmocka_unit_test(a_pay_is_accepted_and_says_no_more),
        cmocka_unit_test(authorizations_are_read),
        cmocka_unit_test(a_termination_is_accepted_without_a_body),
        cmocka_unit_test(a_pre_authorization_hands_over_its_token_for_an_hour),
        cmocka_unit_test(a_package_is_handed_over_where_there_is_one),
        cmocka_unit_test(a_success_that_does_not_verify_proves_nothing),
        cmocka_unit_test(a_success_that_cannot_be_read_proves_nothing),
        cmocka_unit_test(the_clock_is_compared_with_the_date_header),
        cmocka_unit_test(a_wrong_signature_is_explained_with_what_the_platform_signed),
        cmocka_unit_test(long_texts_of_the_platform_are_cut_at_characters),
    };
    return cmocka_run_group_tests(tests, open_ring, close_ring);
}
