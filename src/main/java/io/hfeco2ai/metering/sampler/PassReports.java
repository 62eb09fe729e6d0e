package io.hfeco2ai.metering.sampler;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.LiveDevice;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.MeasuredInterval;
import io.hfeco2ai.sensor.members.MemberSensors.Pass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pass over the sensors in the words of metering. */
final class PassReports {

    private static final int WHOLE_PPM = 1_000_000;

    private PassReports() {}

    static List<LiveDevice> powers(Pass pass) {
        return pass.powers().stream()
                .map(power -> new LiveDevice(
                        power.device().key(),
                        power.device().name(),
                        power.device().kind(),
                        known(power.watts()),
                        power.device().quality(),
                        power.device().source()))
                .toList();
    }

    static List<IntervalReport> intervals(Pass pass) {
        return pass.intervals().stream().map(PassReports::report).toList();
    }

    static List<UsageReport> usage(Pass pass) {
        return pass.shares().stream()
                .map(share -> new UsageReport(
                        share.memberId(),
                        share.device().key(),
                        share.start().toEpochMilli(),
                        share.end().toEpochMilli(),
                        (int) (share.weight() * WHOLE_PPM)))
                .toList();
    }

    private static IntervalReport report(MeasuredInterval interval) {
        Device device = interval.device();
        return new IntervalReport(
                device.key(),
                device.kind(),
                device.name(),
                interval.start().toEpochMilli(),
                interval.end().toEpochMilli(),
                interval.energyMicrojoules(),
                interval.observedMillis(),
                device.quality(),
                device.source(),
                device.boundary(),
                interval.seq(),
                known(device.uncertaintyRatio()),
                known(device.capWatts()),
                known(device.idleWatts()));
    }

    private static @Nullable Double known(double watts) {
        return Double.isFinite(watts) ? watts : null;
    }
}
