/* A store's data file as a whole. */
#include "store/copy.h"

#include "store/lmdb.h"

enum payscore_status ps_store_copy(struct ps_store *store, int descriptor)
{
    if (store->backend != &ps_lmdb_backend) return PAYSCORE_E_ARGUMENT;
    return ps_lmdb_status(
        mdb_env_copyfd2(((struct ps_lmdb *)store)->env, descriptor, MDB_CP_COMPACT));
}

enum payscore_status ps_store_check_whole(const char *path, uint64_t file_bytes)
{
    MDB_env *env = NULL;
    MDB_envinfo info;
    MDB_stat pages;
    int code = mdb_env_create(&env);
    if (code == MDB_SUCCESS) code = mdb_env_open(env, path, MDB_RDONLY | MDB_NOLOCK, 0600);
    if (code == MDB_SUCCESS) code = mdb_env_info(env, &info);
    if (code == MDB_SUCCESS) code = mdb_env_stat(env, &pages);
    if (env != NULL) mdb_env_close(env);
    enum payscore_status rc = ps_lmdb_status(code);
    if (rc == PAYSCORE_E_VERSION || rc == PAYSCORE_E_MEMORY) return rc;
    bool whole = code == MDB_SUCCESS && info.me_last_txnid > 0 &&
                 file_bytes / pages.ms_psize > info.me_last_pgno;
    return whole ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}
