/*
 * The keys of one merchant, as texts. The library copies what it needs when a store is opened and
 * never writes any of it to a log, an error text or the store.
 * Source: reference apiv3.md 4, 6, 14.
 */
#ifndef PAYSCORE_CREDENTIALS_H
#define PAYSCORE_CREDENTIALS_H

#include "payscore/types.h"

enum {
    PAYSCORE_PLATFORM_KEYS_MAX = 8, /* One public key, and certificates while they rotate. */
    PAYSCORE_APIV3_KEYS_MAX = 2,    /* The new and the old one during a change. */
    PAYSCORE_APIV3_KEY_SIZE = 32,   /* AES-256: any other length is refused. */
    PAYSCORE_SERIAL_MAX = 64,       /* 40 hex digits, or PUB_KEY_ID_ and digits. */
};

/** A key that the platform signs with: a public key with its id, or a certificate. */
struct payscore_platform_key {
    struct payscore_text id;  /* PUB_KEY_ID_…; empty for a certificate, which says its serial. */
    struct payscore_text pem; /* BEGIN PUBLIC KEY or BEGIN CERTIFICATE. */
};

struct payscore_credentials {
    struct payscore_text mchid;
    struct payscore_text merchant_key_pem; /* apiclient_key.pem */
    struct payscore_text merchant_serial;  /* Of the certificate of that key; 40 hex digits. */
    struct payscore_text apiv3_keys[PAYSCORE_APIV3_KEYS_MAX]; /* 32 bytes each; [1] may be empty. */
    struct payscore_platform_key platform_keys[PAYSCORE_PLATFORM_KEYS_MAX];
    size_t platform_key_count; /* At least 1. */
};

#endif
