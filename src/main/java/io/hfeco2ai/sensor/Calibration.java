package io.hfeco2ai.sensor;

import io.hfeco2ai.units.Boundary;

/**
 * Four measured figures that fit the load model to one node. Watts while the node is idle and while all its logical CPUs
 * together are 20, 50 and 100 % busy, each the mean of at least 30 s.
 *
 * @param boundary {@code CHIP}: all CPU packages together; {@code NODE}: the wall side of the whole node, GPUs idle. With
 *     {@code NODE} the model emits one device of kind {@code NODE} instead of CPU and RAM
 * @param idleWatts above 0; each following figure is larger than the one before. A CPU at its power limit may draw a little
 *     less at 100 than at 50 %: watts50 and watts100 may fall by up to {@value #SLACK} of the figure before, and count as
 *     equal to it
 */
public record Calibration(Boundary boundary, double idleWatts, double watts20, double watts50, double watts100) {

    static final double SLACK = 0.05;

    public Calibration {
        if (boundary != Boundary.CHIP && boundary != Boundary.NODE) {
            throw new IllegalArgumentException("calibration boundary must be CHIP or NODE, was " + boundary);
        }
        requireAbove("idleWatts", idleWatts, "0", 0);
        requireAbove("watts20", watts20, "idleWatts", idleWatts);
        requireAbove("watts50", watts50, "95 % of watts20", (1 - SLACK) * watts20);
        requireAbove("watts100", watts100, "95 % of watts50", (1 - SLACK) * watts50);
    }

    private static void requireAbove(String name, double watts, String lowerName, double lower) {
        if (!(watts > lower) || Double.isInfinite(watts)) {
            throw new IllegalArgumentException("calibration " + name + " must be a finite number of watts above "
                    + lowerName + ", was " + watts + "; measure it again with a steady load");
        }
    }
}
