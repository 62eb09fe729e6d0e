package io.hfeco2ai.dashboard;

import io.hfeco2ai.metering.Metering.Agent;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.Sensing;
import io.hfeco2ai.units.Energy;
import org.jspecify.annotations.Nullable;

/**
 * @param agent what measures it; null: no agent has spoken since this server started
 * @param agentTeam whose agent keeps the node, where the viewer may know; null: nobody's, or another team's
 * @param admin may calibrate, declare off and release
 * @param day the last 24 hours and the current one
 * @param idle unattributed below the idle level
 * @param other unattributed above it
 * @param coverage of the last 24 hours; null: nothing was expected
 * @param sensing null: this server does not measure the node itself
 * @param done the message key's end of what was just done
 * @param problem why what was just tried was not done
 */
record NodeView(
        Node node,
        LiveView live,
        @Nullable Agent agent,
        @Nullable String agentTeam,
        boolean admin,
        String siteName,
        @Nullable String zone,
        FootprintView day,
        @Nullable Energy idle,
        @Nullable Energy other,
        @Nullable Double coverage,
        ChartView power,
        ChartView days,
        @Nullable Sensing sensing,
        CalibrationForm calibration,
        @Nullable String done,
        @Nullable String problem) {}
