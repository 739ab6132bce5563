/* SHA-256, by OpenSSL. */
#include "engine/hash.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256; /* NULL: it could not be had. */
static pthread_key_t key;
static bool keyed;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void look_up(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    keyed = pthread_key_create(&key, free_context) == 0;
}

/* A thread that ends after the library was unloaded must not call into it. */
__attribute__((destructor)) static void forget(void)
{
    if (keyed) (void)pthread_key_delete(key);
    keyed = false;
}

static EVP_MD_CTX *context_of_thread(void)
{
    if (!keyed) return NULL;
    EVP_MD_CTX *context = pthread_getspecific(key);
    if (context != NULL) return context;
    context = EVP_MD_CTX_new();
    if (context != NULL && pthread_setspecific(key, context) == 0) return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

enum payscore_status ps_sha256_two(struct payscore_text head, struct payscore_text tail,
                                   uint8_t digest[PS_HASH_SIZE])
{
    (void)pthread_once(&once, look_up);
    EVP_MD_CTX *context = context_of_thread();
    bool done = context != NULL && sha256 != NULL &&
                EVP_DigestInit_ex2(context, sha256, NULL) == 1 &&
                EVP_DigestUpdate(context, head.data, head.size) == 1 &&
                EVP_DigestUpdate(context, tail.data, tail.size) == 1 &&
                EVP_DigestFinal_ex(context, digest, NULL) == 1;
    return done ? PAYSCORE_OK : PAYSCORE_E_CRYPTO;
}

enum payscore_status ps_sha256(struct payscore_text text, uint8_t digest[PS_HASH_SIZE])
{
    return ps_sha256_two(text, (struct payscore_text){NULL, 0}, digest);
}
