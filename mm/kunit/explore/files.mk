# SPDX-License-Identifier: GPL-2.0
#
# Files of mm/ whose accesses to memory are points of a schedule; read by mm/Makefile.

ifdef CONFIG_MM_KUNIT_EXPLORE_ACCESSES
mmx-files := filemap gup huge_memory madvise memory memremap migrate migrate_device \
	     mlock mmap mmap_lock mprotect mremap page_io page_vma_mapped rmap swap \
	     swap_slots swap_state swapfile userfaultfd util vma vmscan
mmx-flags := -fsanitize=thread --param=tsan-instrument-func-entry-exit=0 \
	     --param=tsan-distinguish-volatile=1 \
	     -include $(srctree)/mm/kunit/explore/atomic.h

$(foreach file,$(mmx-files),$(eval CFLAGS_$(file).o += $(mmx-flags)))
endif
