package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Place;
import io.hfeco2ai.metering.Metering.PowerBatch;
import io.hfeco2ai.metering.Metering.PowerPoint;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Turns MLflow's system metrics of GPU power into energy: NVML's power draw, a mean over the client's samples. Use of CPU
 * and memory is no energy by itself and stays a metric. All GPUs that NVML sees on the node are reported, by index.
 */
@Component
class GpuPower {

    private static final Logger LOG = LoggerFactory.getLogger(GpuPower.class);
    private static final String ENDS = "_power_usage_watts";
    /** A distributed training names the node of each rank. */
    private static final Pattern NAME = Pattern.compile("system/(?:([^/]+)/)?gpu_(\\d{1,3})_power_usage_watts");

    private final Metering metering;
    private final Experiments experiments;

    GpuPower(Metering metering, Experiments experiments) {
        this.metering = metering;
        this.experiments = experiments;
    }

    void keep(String teamId, RunStore.Row run, List<MetricPoint> points, HttpServletRequest request) {
        Map<String, List<PowerPoint>> byNode = new LinkedHashMap<>();
        for (MetricPoint point : points) {
            if (point.name().endsWith(ENDS) && Double.isFinite(point.amount()) && point.amount() >= 0) {
                Matcher named = NAME.matcher(point.name());
                if (named.matches()) {
                    String node = named.group(1) == null ? "" : named.group(1);
                    byNode.computeIfAbsent(node, name -> new ArrayList<>()).add(power(named.group(2), point));
                }
            }
        }
        byNode.forEach((node, power) -> record(teamId, run, node, power, request));
    }

    private static PowerPoint power(String index, MetricPoint point) {
        return new PowerPoint(
                "reported:gpu-" + index,
                DeviceKind.GPU,
                "GPU " + index,
                point.atMs(),
                point.amount(),
                Quality.MEASURED,
                "nvml-power");
    }

    /** The metrics are stored already: what is wrong with their energy is said in the log, not to the training. */
    private void record(
            String teamId, RunStore.Row run, String node, List<PowerPoint> points, HttpServletRequest request) {
        try {
            Place place = node.isEmpty() ? ofRun(teamId, run, request) : named(teamId, run, node, request);
            Recorded recorded = metering.recordPower(new PowerBatch(
                    place.nodeId(),
                    run.id(),
                    place.nodeName(),
                    "reported:" + RunChanges.client(request),
                    false,
                    points));
            recorded.rejected()
                    .forEach(each -> LOG.debug("GPU power of run {} was rejected: {}", run.id(), each.reason()));
        } catch (BadInput e) {
            LOG.warn("GPU power of run {} is not counted: {}", run.id(), e.detail());
        }
    }

    /** The node the run claims; one that claims none yet claims the caller's. */
    private Place ofRun(String teamId, RunStore.Row run, HttpServletRequest request) {
        Place place = metering.placeOf(teamId, null, request, "");
        List<Member> members = experiments.detail(run.id()).members();
        if (members.isEmpty()) {
            claim(teamId, run, place);
            return place;
        }
        Member member = members.get(members.size() - 1);
        boolean here = members.stream().anyMatch(each -> each.nodeId().equals(place.nodeId()));
        return here ? place : new Place(member.nodeId(), null, member.bootId(), member.pid(), true);
    }

    private Place named(String teamId, RunStore.Row run, String node, HttpServletRequest request) {
        Place place = metering.placeOf(teamId, node, request, "");
        if (experiments.detail(run.id()).members().stream()
                .noneMatch(member -> member.nodeId().equals(place.nodeId()))) {
            claim(teamId, run, place);
        }
        return place;
    }

    private void claim(String teamId, RunStore.Row run, Place place) {
        if (run.running()) {
            @Nullable Long pid = place.pid();
            Instant since = Instant.ofEpochMilli(run.startMs());
            experiments.addMember(
                    teamId, run.id(), new NewMember(place.nodeId(), place.bootId(), 0, pid, List.of(), since));
        }
    }
}
