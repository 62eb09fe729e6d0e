package io.hfeco2ai.dashboard;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.units.Boundary;
import org.jspecify.annotations.Nullable;

/** The four figures as they stand in the form; null: not filled in. */
record CalibrationForm(
        @Nullable Boundary boundary,
        @Nullable Double idleWatts,
        @Nullable Double watts20,
        @Nullable Double watts50,
        @Nullable Double watts100) {

    static final CalibrationForm EMPTY = new CalibrationForm(Boundary.CHIP, null, null, null, null);

    static CalibrationForm of(@Nullable Calibration stored) {
        return stored == null
                ? EMPTY
                : new CalibrationForm(
                        stored.boundary(), stored.idleWatts(), stored.watts20(), stored.watts50(), stored.watts100());
    }

    /** @throws BadInput a figure is missing or they do not rise with the load */
    Calibration checked() {
        if (boundary == null || idleWatts == null || watts20 == null || watts50 == null || watts100 == null) {
            throw new BadInput("calibration", "Fill in where you measured and all four figures.");
        }
        try {
            return new Calibration(boundary, idleWatts, watts20, watts50, watts100);
        } catch (IllegalArgumentException e) {
            throw new BadInput("calibration", "Each figure must be above the one before: " + e.getMessage() + ".");
        }
    }
}
