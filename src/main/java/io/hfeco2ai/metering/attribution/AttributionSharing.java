package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionTally.ShareKey;
import io.hfeco2ai.units.DeviceKind;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what of one device's pieces. The rules, in order: who names the device shares it; a watched process gets what
 * it used; who reserved GPUs gets that part of the node's CPU and memory; who named nothing gets what is left.
 */
final class AttributionSharing {

    private static final long WHOLE_PPM = 1_000_000;

    /** What a claim may take from this device. */
    private enum Role {
        HOLDER,
        WATCHED,
        RESERVING,
        CLAIMING_ALL,
        NONE
    }

    private final AttributionClaims claims;
    private final AttributionTally tally;
    private final DeviceKind kind;
    private final int gpus;
    /** Whose weights count here: the device's own, or for the rest those of all CPUs. */
    private final int[] weighedDevices;

    private final Role[] roles;
    private final long[] heldGpus;
    /** The claims that hold at the present time, by role. */
    private final int[][] active;

    private final int[] counts = new int[Role.values().length];
    private long validToMs = Long.MIN_VALUE;
    private final long[] weights;
    private final long[] parts;

    AttributionSharing(AttributionFacts facts, AttributionClaims claims, AttributionTally tally, AttributionLane lane) {
        this.claims = claims;
        this.tally = tally;
        this.kind = lane.kind();
        List<Device> devices = facts.devices();
        this.weighedDevices = IntStream.range(0, devices.size())
                .filter(i -> kind == DeviceKind.REST ? devices.get(i).kind() == DeviceKind.CPU : i == lane.deviceIndex)
                .toArray();
        Set<String> own =
                lane.device.kind() == DeviceKind.NODE ? keys(devices, DeviceKind.NODE) : Set.of(lane.device.key());
        Set<String> cpus = keys(devices, DeviceKind.CPU);
        Set<String> gpuKeys = keys(devices, DeviceKind.GPU);
        this.gpus = gpuKeys.size();
        int size = claims.size();
        this.roles = new Role[size];
        this.heldGpus = new long[size];
        for (int i = 0; i < size; i++) {
            Claim claim = claims.claims.get(i);
            heldGpus[i] = claim.devices().stream().filter(gpuKeys::contains).count();
            boolean useKnown = kind != DeviceKind.GPU || claims.weighed(lane.deviceIndex, i);
            roles[i] = role(claim, own, cpus, heldGpus[i], useKnown);
        }
        this.active = new int[Role.values().length][size];
        this.weights = new long[size + 1];
        this.parts = new long[size + 1];
    }

    /** Tells the tally who gets what; who may draw from the device but gets nothing is told too, with 0. */
    void share(long fromMs, long energyUj, long idleUj) {
        at(fromMs);
        if (count(Role.HOLDER) > 0) {
            amongHolders(fromMs, energyUj, idleUj);
            return;
        }
        // Resident memory costs the same whether it is used or not, so a process' part is of the whole energy.
        long left = energyUj - byUse(fromMs, kind == DeviceKind.RAM ? energyUj : energyUj - idleUj);
        left -= reserved(energyUj, left);
        if (count(Role.CLAIMING_ALL) > 0) {
            equally(Role.CLAIMING_ALL, left, ShareKey.WHOLE_NODE);
            return;
        }
        long idle = Math.min(left, idleUj);
        if (idle > 0) {
            tally.give(0, ShareKey.IDLE, idle);
        }
        if (left > idle || energyUj == 0) {
            tally.give(0, ShareKey.OTHER, left - idle);
        }
    }

    private static Role role(Claim claim, Set<String> own, Set<String> cpus, long heldGpus, boolean useKnown) {
        if (containsAny(claim.devices(), own)) {
            return Role.HOLDER;
        }
        // Use that nobody could read is unknown and not 0: then the process claims the GPU as if it were not watched.
        if (claim.tracked() && (useKnown || !claim.devices().isEmpty())) {
            return Role.WATCHED;
        }
        if (claim.devices().isEmpty()) {
            return Role.CLAIMING_ALL;
        }
        return heldGpus > 0 && !containsAny(claim.devices(), cpus) ? Role.RESERVING : Role.NONE;
    }

    private void amongHolders(long atMs, long energyUj, long idleUj) {
        int count = count(Role.HOLDER);
        long sum = weigh(Role.HOLDER, atMs);
        if (sum == 0 || onlyRun(Role.HOLDER) != null) {
            equally(Role.HOLDER, energyUj, ShareKey.EXCLUSIVE);
            return;
        }
        AttributionSplit.byWeight(energyUj - idleUj, weights, count, parts);
        give(Role.HOLDER, ShareKey.UTILISATION);
        AttributionSplit.equally(idleUj, count, parts);
        give(Role.HOLDER, ShareKey.UTILISATION);
    }

    /** Weights above 1 in sum are normalised; what is below 1 stays with the others. Returns what was given. */
    private long byUse(long atMs, long amountUj) {
        int count = count(Role.WATCHED);
        long sum = weigh(Role.WATCHED, atMs);
        if (kind == DeviceKind.GPU && sum == 0) {
            return 0;
        }
        weights[count] = Math.max(0, WHOLE_PPM - sum);
        AttributionSplit.byWeight(amountUj, weights, count + 1, parts);
        give(Role.WATCHED, kind == DeviceKind.GPU ? ShareKey.UTILISATION : ShareKey.PROCESS);
        return amountUj - parts[count];
    }

    /** Held GPUs ÷ GPUs of the node is the part of its CPU, memory and rest that a claim reserved. Returns what was given. */
    private long reserved(long energyUj, long leftUj) {
        int count = count(Role.RESERVING);
        if (count == 0 || kind == DeviceKind.GPU) {
            return 0;
        }
        long held = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = heldGpus[active[Role.RESERVING.ordinal()][i]];
            held += weights[i];
        }
        long amount = Math.min(leftUj, AttributionSplit.floorPart(energyUj, Math.min(held, gpus), gpus));
        AttributionSplit.byWeight(amount, weights, count, parts);
        give(Role.RESERVING, ShareKey.RESERVED);
        return amount;
    }

    /** To one run under the given key, to several in equal parts for each claim. */
    private void equally(Role role, long amountUj, ShareKey keyOfOne) {
        Integer only = onlyRun(role);
        if (only != null) {
            tally.give(only, keyOfOne, amountUj);
            return;
        }
        AttributionSplit.equally(amountUj, count(role), parts);
        give(role, ShareKey.EQUAL);
    }

    private void give(Role role, ShareKey key) {
        for (int i = 0; i < count(role); i++) {
            if (role == Role.WATCHED && kind == DeviceKind.GPU && weights[i] == 0) {
                continue; // A process that does not use the GPU does not draw from it.
            }
            tally.give(claims.run[active[role.ordinal()][i]], key, parts[i]);
        }
    }

    /** Fills the weights of the active claims in that role, in ppm, and returns their sum. */
    private long weigh(Role role, long atMs) {
        long sum = 0;
        for (int i = 0; i < count(role); i++) {
            long ppm = 0;
            for (int device : weighedDevices) {
                ppm += claims.ppm(device, active[role.ordinal()][i], atMs);
            }
            weights[i] = weighedDevices.length == 0 ? 0 : ppm / weighedDevices.length;
            sum += weights[i];
        }
        return sum;
    }

    private @Nullable Integer onlyRun(Role role) {
        int[] those = active[role.ordinal()];
        int first = claims.run[those[0]];
        for (int i = 1; i < count(role); i++) {
            if (claims.run[those[i]] != first) {
                return null;
            }
        }
        return first;
    }

    private int count(Role role) {
        return counts[role.ordinal()];
    }

    /** Claims change only at their edges, and pieces come in order of time. */
    private void at(long ms) {
        if (ms < validToMs) {
            return;
        }
        Arrays.fill(counts, 0);
        validToMs = Long.MAX_VALUE;
        for (int i = 0; i < claims.size(); i++) {
            if (claims.startMs[i] <= ms && ms < claims.endMs[i]) {
                int role = roles[i].ordinal();
                active[role][counts[role]++] = i;
                validToMs = Math.min(validToMs, claims.endMs[i]);
            } else if (claims.startMs[i] > ms) {
                validToMs = Math.min(validToMs, claims.startMs[i]);
            }
        }
    }

    private static Set<String> keys(List<Device> devices, DeviceKind kind) {
        return devices.stream()
                .filter(device -> device.kind() == kind)
                .map(Device::key)
                .collect(Collectors.toSet());
    }

    private static boolean containsAny(Collection<String> some, Set<String> keys) {
        return some.stream().anyMatch(keys::contains);
    }
}
