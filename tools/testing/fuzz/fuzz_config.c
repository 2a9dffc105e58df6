// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Fuzzer: configurations are judged, and become CPUID leaves
 *
 * In: a struct hve_config as userspace hands it over, what is served of it, what
 * the host can. Out: a refusal has a sentence that fits its room and reads; what
 * is accepted has every prerequisite, and leaves that say what is served.
 */
#include "fuzz.h"
#include <hve/registry.h>
#include <hve/tlfs.h>

#define ROOM	200u

static void check_refusal(const struct hve_config *config, unsigned int room)
{
	/* Exactly as long, so that a byte too far is seen */
	char *why = malloc(room + !room);

	memset(why, 'x', room + !room);
	must(hve_config_check(config, why, room) < 0);
	must(!room || memchr(why, '\0', room));
	must(room < 2 || why[0]);
	must(hve_config_check(config, NULL, room) < 0);
	free(why);
}

static void check_leaves(const struct hve_config *config, uint64_t features,
			 uint32_t max_vcpus, uint32_t hardware)
{
	struct hve_cpuid_leaf leaf[HVE_CPUID_LEAVES], before[HVE_CPUID_LEAVES];
	unsigned int i;

	memset(leaf, 0xff, sizeof(leaf));
	hve_cpuid_build(config, features, max_vcpus, leaf);
	must(leaf[0].reg[HVE_EAX] == HVE_CPUID_BASE +
	     (features & HVE_BIT(SYNDBG) ? 0x82 :
	      features & HVE_BIT(HW_FEATURES) ? 6 : 5));
	must(leaf[1].reg[HVE_EAX] == TLFS_INTERFACE_SIGNATURE);
#define HVE_CPUID(id, number, register, bits)				\
	if (features & HVE_BIT(id))					\
		must((leaf[hve_cpuid_slot(number)].reg[HVE_##register] & \
		      (bits)) == (bits));
#include <hve/enlightenments.def>
	memcpy(before, leaf, sizeof(leaf));
	hve_cpuid_adapt(config, features, hardware, leaf);
	/* Hints may go, and one leaf tells of the hardware; nothing else */
	for (i = 0; i < HVE_CPUID_LEAVES; i++) {
		if (i == 4)
			must(!(leaf[i].reg[HVE_EAX] & ~before[i].reg[HVE_EAX]));
		else if (i != 6)
			must(!memcmp(&leaf[i], &before[i], sizeof(leaf[i])));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes from = { data, size };
	unsigned int room = take_number(&from, 1) % ROOM, missing;
	uint8_t tame = take_number(&from, 1);
	uint32_t max_vcpus = take_number(&from, 4);
	uint32_t hardware = take_number(&from, 4);
	uint64_t served = take_number(&from, 8);
	struct hve_config config;

	take(&from, &config, sizeof(config));
	if (tame & 1)
		memset(config.reserved, 0, sizeof(config.reserved));
	if (tame & 2) {
		config.features[0] &= hve_all_features();
		config.features[1] = 0;
	}
	if (tame & 4)
		config.flags &= HVE_CONFIG_KVM_HIDE | HVE_CONFIG_VERSION |
				HVE_CONFIG_LENIENT | HVE_CONFIG_HINTS |
				HVE_CONFIG_SYNDBG_CALLS;
	if (hve_config_check(&config, NULL, 0)) {
		check_refusal(&config, room);
		return 0;
	}
	served &= config.features[0];
	must(!(config.features[0] & ~hve_all_features()));
	must(!hve_unmet(config.features[0] | hve_base_features(), &missing));
	check_leaves(&config, served | hve_base_features(), max_vcpus, hardware);
	return 0;
}
