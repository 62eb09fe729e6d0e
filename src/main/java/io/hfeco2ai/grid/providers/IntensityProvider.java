package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.FactorOrigin;
import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.time.Duration;
import java.util.List;

/** Somebody who publishes the carbon intensity of electricity. To add one, write one class and name it in {@link Providers}. */
interface IntensityProvider {

    /** As in {@code hfeco2ai.grid.providers.<name>}. */
    String name();

    /** What its values are; a change of it begins a new series. */
    FactorOrigin origin();

    /** Asked this often. */
    Duration every();

    /**
     * What it knows of a time; may be less or more than asked for, and of parts of hours.
     *
     * @param zone as the provider calls it
     * @param fromMs start of a UTC hour
     * @throws ProviderFailure no answer, or one that cannot be used
     */
    List<Sample> fetch(String zone, long fromMs, long toMs) throws ProviderFailure;
}
