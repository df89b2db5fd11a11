# SPDX-License-Identifier: GPL-2.0
#
# What the headers of this kernel declare. A probe searches for a declaration, or for
# the parameters of a function, never for what the code under test does, and does not
# depend on the configuration.

# $(call mmk-probe,NAME,FILES,PATTERN): -DMMK_HAVE_NAME if PATTERN is in one of FILES.
# A declaration may go over several lines; a parenthesis would end the call.
mmk-probe = $(if $(shell grep -Elzs '$(3)' $(addprefix $(srctree)/,$(2))),-DMMK_HAVE_$(1))

mmk-inc := include/linux

mmk-probes := \
	$(call mmk-probe,ATTACH_MM,include/kunit/test.h,int kunit_attach_mm) \
	$(call mmk-probe,SUPPRESS_WARNING,include/kunit/test.h,kunit_start_suppress_warning) \
	$(call mmk-probe,RMP_FLAGS,$(mmk-inc)/rmap.h,RMP_LOCKED) \
	$(call mmk-probe,REFERENCED_VMA_FLAGS,$(mmk-inc)/rmap.h,int folio_referenced[^;]*vma_flags_t) \
	$(call mmk-probe,DEVICE_EXCLUSIVE_RANGE,$(mmk-inc)/rmap.h,int make_device_exclusive_range) \
	$(call mmk-probe,PAGE_PGMAP,$(mmk-inc)/mmzone.h,dev_pagemap \*page_pgmap) \
	$(call mmk-probe,PAGE_INIT_OF_PGMAP,$(mmk-inc)/memremap.h,void zone_device_page_init[^;]*dev_pagemap) \
	$(call mmk-probe,PGMAP_LOOKUP_CACHE,$(mmk-inc)/memremap.h,\*get_dev_pagemap[^;{]*dev_pagemap) \
	$(call mmk-probe,FOLIO_FREE,$(mmk-inc)/memremap.h,\*folio_free) \
	$(call mmk-probe,DAX_PAGE_IS_IDLE,$(mmk-inc)/dax.h,bool dax_page_is_idle) \
	$(call mmk-probe,RCU_GP_SEQ,$(mmk-inc)/rcutree.h,struct rcu_gp_seq ) \
	$(call mmk-probe,VMA_LOCK_STRUCT,$(mmk-inc)/mm_types.h,struct vma_lock \*vm_lock) \
	$(call mmk-probe,START_CREATING_PATH,$(mmk-inc)/namei.h,\*start_creating_path) \
	$(call mmk-probe,MKNOD_DELEGATED,$(mmk-inc)/fs.h,int vfs_mknod[^;]*delegated_inode) \
	$(call mmk-probe,VMALLOC_NR_PAGES,$(mmk-inc)/vmalloc.h,vmalloc_nr_pages) \
	$(call mmk-probe,ENTRY_WAIT_OF_SOFTLEAF,$(mmk-inc)/migrate.h,void softleaf_entry_wait_on_locked) \
	$(call mmk-probe,FOLIO_ALLOC_SWAP_GFP,$(mmk-inc)/swap.h,int folio_alloc_swap[^;{]*gfp_t) \
	$(call mmk-probe,SWAPIN_IF_EXCLUSIVE,mm/memory.c,bool should_try_to_free_swap[^;{]*bool exclusive) \
	$(call mmk-probe,ADD_TO_SWAP,mm/swap.h $(mmk-inc)/swap.h,bool add_to_swap) \
	$(call mmk-probe,SWAP_ENTRY_TO_INFO,mm/swap.h,\*__swap_entry_to_info) \
	$(call mmk-probe,SWAP_CACHE_GET_OF_ENTRY,mm/swap.h,folio \*swap_cache_get_folio.swp_entry_t entry.;) \
	$(call mmk-probe,SWAP_CACHE_DEL_FOLIO,mm/swap.h,void swap_cache_del_folio) \
	$(call mmk-probe,SWAP_ENTRY_SWAPPED,mm/swap.h $(mmk-inc)/swap.h,bool swap_entry_swapped) \
	$(call mmk-probe,SWAP_PUT_DIRECT,$(mmk-inc)/swap.h,void swap_put_entries_direct) \
	$(call mmk-probe,SHMEM_WRITE_FOLIO,$(mmk-inc)/shmem_fs.h,int shmem_write_folio) \
	$(call mmk-probe,SHMEM_WRITEOUT,$(mmk-inc)/shmem_fs.h,int shmem_writeout) \
	$(call mmk-probe,SWAPCACHE_PREPARE,mm/swap.h $(mmk-inc)/swap.h,int swapcache_prepare) \
	$(call mmk-probe,SET_MOVABLE_OPS,$(mmk-inc)/migrate.h,int set_movable_ops) \
	$(call mmk-probe,VMA_COMPOUND,$(mmk-inc)/migrate.h,MIGRATE_VMA_SELECT_COMPOUND) \
	$(call mmk-probe,DEVICE_PFNS,$(mmk-inc)/migrate.h,int migrate_device_pfns) \
	$(call mmk-probe,FIRST_GENERIC_REFERENCE,$(mmk-inc)/memremap.h,first reference with zone_device_folio_get) \
	$(call mmk-probe,FREE_PAGES_WITHOUT_PGMAP,Documentation/mm/memory-model.rst,holds no reference against the device) \
	$(call mmk-probe,FOLIO_SPLIT_CALLBACK,$(mmk-inc)/memremap.h,\*folio_split) \
	$(call mmk-probe,FOLIO_ISOLATE_HUGETLB,$(mmk-inc)/hugetlb.h,bool folio_isolate_hugetlb) \
	$(call mmk-probe,CSS_RSTAT_FLUSH,$(mmk-inc)/cgroup.h,void css_rstat_flush) \
	$(call mmk-probe,UFFD_BIT,include/asm-generic/pgtable_uffd.h,int pte_uffd.pte_t pte) \
	$(call mmk-probe,PARAM_OF_TEST,include/kunit/test.h,\*generate_params[^a-z]*struct kunit)

# $(call mmk-lacks,HEADER,FILES,PATTERN): every file of the suites sees compat/HEADER if
# PATTERN is in none of FILES: what cases need not know of, and other kernels have.
mmk-lacks = $(if $(shell grep -Elzs '$(3)' $(addprefix $(srctree)/,$(2))),,-include $(srctree)/mm/kunit/compat/$(1))

mmk-probes += \
	$(call mmk-lacks,rss.h,$(mmk-inc)/mm.h,long get_mm_counter_sum)

subdir-ccflags-y += $(mmk-probes)
