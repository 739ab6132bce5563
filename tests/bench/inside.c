/* What a benchmark wants of a durable store. */
#include "bench/inside.h"

#include "store/lmdb.h"

bool unsynced_begin(struct ps_store *store)
{
    return mdb_env_set_flags(((struct ps_lmdb *)store)->env, MDB_NOSYNC, 1) == MDB_SUCCESS;
}

bool unsynced_end(struct ps_store *store)
{
    MDB_env *env = ((struct ps_lmdb *)store)->env;
    return mdb_env_set_flags(env, MDB_NOSYNC, 0) == MDB_SUCCESS &&
           mdb_env_sync(env, 1) == MDB_SUCCESS;
}

uint64_t inside_commits(struct ps_store *store)
{
    MDB_envinfo info = {0};
    (void)mdb_env_info(((struct ps_lmdb *)store)->env, &info);
    return info.me_last_txnid;
}
