package io.hfeco2ai.reports.standards;

import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.NodeDevice;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the runs of a period ran on, and for how long. A device that two of them used at once counts once. */
final class Training {

    private static final BigDecimal MS_PER_HOUR = new BigDecimal(3_600_000);

    /** Of accelerators, by node and device: spans in which a run claimed it. */
    private final Map<String, List<long[]>> claimed = new TreeMap<>();

    private final Map<String, Integer> hardware = new TreeMap<>();

    Training(RunSet runs, Metering metering, long fromMs, long toMs) {
        Map<String, Node> nodes = metering.nodes().stream().collect(Collectors.toMap(Node::id, node -> node));
        Map<String, Set<String>> used = new TreeMap<>();
        for (RunSet.One one : runs.all()) {
            for (Member member : one.members()) {
                Node node = nodes.get(member.nodeId());
                long start = Math.max(fromMs, member.startedAt().toEpochMilli());
                long end = Math.min(
                        toMs, member.endedAt() == null ? toMs : member.endedAt().toEpochMilli());
                if (node != null && start < end) {
                    add(member, node, new long[] {start, end}, used.computeIfAbsent(node.id(), id -> new TreeSet<>()));
                }
            }
        }
        used.forEach((id, keys) -> name(Objects.requireNonNull(nodes.get(id)), keys));
    }

    private void add(Member member, Node node, long[] span, Set<String> used) {
        for (NodeDevice device : node.devices()) {
            boolean has = member.devices().isEmpty() || member.devices().contains(device.key());
            if (device.kind() == DeviceKind.GPU && has && used.add(device.key())) {
                hardware.merge(device.name(), 1, Integer::sum);
            }
            if (device.kind() == DeviceKind.GPU && has) {
                claimed.computeIfAbsent(node.id() + "/" + device.key(), key -> new ArrayList<>())
                        .add(span);
            }
        }
    }

    /** A node without an accelerator in use is named by its processor. */
    private void name(Node node, Set<String> accelerators) {
        if (accelerators.isEmpty() && node.cpuModel() != null) {
            hardware.merge(node.cpuModel(), 1, Integer::sum);
        }
    }

    Figure hardware(String code) {
        String text = hardware.entrySet().stream()
                .map(entry -> entry.getValue() + " × " + entry.getKey())
                .collect(Collectors.joining(", "));
        return text.isEmpty()
                ? Figure.missing(
                        code,
                        "Hardware used",
                        "",
                        "No node says what it is made of: run an agent on it, or write it yourself.")
                : Figure.text(
                        code, "Hardware used", text, "Devices that the runs had, else the processors of their nodes");
    }

    Figure acceleratorHours(String code) {
        String label = "Time of accelerators";
        if (claimed.isEmpty()) {
            return Figure.missing(code, label, "h", "No run had an accelerator that is known here.");
        }
        long ms = claimed.values().stream().mapToLong(Training::union).sum();
        return new Figure(
                code,
                label,
                new BigDecimal(ms).divide(MS_PER_HOUR, 6, RoundingMode.HALF_EVEN),
                null,
                "h",
                State.VALUE,
                "For each device the time in which some run had it, added up",
                null);
    }

    /** Milliseconds that the spans cover together. */
    private static long union(List<long[]> spans) {
        spans.sort(Comparator.comparingLong(span -> span[0]));
        long sum = 0;
        long covered = Long.MIN_VALUE;
        for (long[] span : spans) {
            long start = Math.max(covered, span[0]);
            sum += Math.max(0, span[1] - start);
            covered = Math.max(covered, span[1]);
        }
        return sum;
    }
}
