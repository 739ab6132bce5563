/* Whether a store's data file is whole. */
#include "store/whole.h"

#include "store/lmdb.h"

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
