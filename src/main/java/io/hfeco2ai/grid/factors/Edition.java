package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * Values of a zone that came together and are adopted together.
 *
 * @param fromMs start of the first hour
 * @param toMs end of the last one
 * @param values how many hours, months or years
 * @param estimated how many of them the source estimated, or of which a part was missing
 * @param missing hours between the first and the last without a value; 0 for months and years
 * @param adoptedMs null: a candidate, which prices nothing
 */
record Edition(
        String id,
        String zone,
        Resolution resolution,
        FactorOrigin origin,
        long fromMs,
        long toMs,
        long values,
        long estimated,
        long missing,
        @Nullable Long adoptedMs) {}
