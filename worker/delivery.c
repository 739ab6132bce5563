/*
 * The rule: what may have been sent is LOST, whatever the code says. A code decides only between
 * the ways of not being sent.
 */
#include "worker/delivery.h"

#include <strings.h>

enum payscore_delivery ps_delivery_of(CURLcode code, long sent)
{
    if (code == CURLE_OK) return PAYSCORE_ANSWERED;
    if (sent > 0) return PAYSCORE_LOST;
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_USE_SSL_FAILED: return PAYSCORE_TLS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT: return PAYSCORE_NOT_SENT;
    default: return PAYSCORE_LOST;
    }
}

const char *ps_delivery_name(enum payscore_delivery delivery)
{
    static const char *const names[] = {"none", "answered", "not_sent", "lost", "tls"};
    return names[delivery];
}

bool ps_delivery_keeps(const char *header)
{
    static const char *const names[] = {"Request-ID", "Date", "Content-Type"};
    static const char signature[] = "Wechatpay-";
    if (strncasecmp(header, signature, sizeof signature - 1) == 0) return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(header, names[i]) == 0) return true;
    }
    return false;
}

bool ps_route_backup(const struct ps_route *route, int64_t now_ms)
{
    return route->has_backup && now_ms < route->main_rests_until_ms;
}

bool ps_route_again(struct ps_route *route, bool backup, int attempt,
                    enum payscore_delivery delivery, int64_t now_ms)
{
    if (delivery != PAYSCORE_NOT_SENT) return false;
    if (!backup) route->main_rests_until_ms = now_ms + PS_ROUTE_RETRY_MS;
    return route->has_backup && attempt == 0;
}
