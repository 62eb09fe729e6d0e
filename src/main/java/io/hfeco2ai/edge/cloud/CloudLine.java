package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.units.DeviceKind;
import java.util.Map;

/**
 * A line of a bill that could be turned into energy.
 *
 * @param project where its run goes
 * @param provider aws, gcp or azure
 * @param type of instance; a size where the bill names none
 * @param hours instance-hours, above 0
 * @param watts of one instance, by kind of device
 */
record CloudLine(
        String project,
        String provider,
        String region,
        String type,
        long fromMs,
        long toMs,
        double hours,
        Map<DeviceKind, Double> watts) {

    /** What shares a node: its instances are one thing to the books. */
    record Key(String project, String provider, String region, String type) {}

    Key key() {
        return new Key(project, provider, region, type);
    }
}
