package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.DeviceTotal;
import io.hfeco2ai.cli.YearlyFactors.Factor;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The summary for programs, with the names the API uses; what is unknown is null. */
final class SummaryJson {

    private SummaryJson() {}

    /** @param runUrl the run's page; null without a server */
    static String of(Summary summary, @Nullable String runUrl) {
        return Json.object(json -> write(json, summary, runUrl));
    }

    private static void write(JsonGenerator json, Summary summary, @Nullable String runUrl) {
        json.writeName("command");
        json.writeStartArray();
        summary.command().forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("exit_code", summary.exitCode());
        json.writeStringProperty("started_at", summary.start().toString());
        json.writeStringProperty("ended_at", summary.end().toString());
        Json.number(json, "duration_s", summary.duration().toMillis() / 1e3);
        figures(json, summary);
        CarbonMass emissions = summary.emissions();
        Json.number(json, "emissions_kg_co2e", emissions == null ? Double.NaN : emissions.kilograms());
        Json.text(json, "zone", summary.zone());
        factor(json, summary.factor());
        json.writeName("devices");
        json.writeStartArray();
        summary.devices().forEach(total -> device(json, total));
        json.writeEndArray();
        json.writeName("notes");
        json.writeStartArray();
        summary.notes().forEach(json::writeString);
        json.writeEndArray();
        Json.text(json, "run_url", runUrl);
    }

    private static void figures(JsonGenerator json, Summary summary) {
        boolean known = summary.measured();
        Json.number(json, "energy_kwh", kilowattHours(known, summary.commandEnergy()));
        Json.number(json, "machine_energy_kwh", kilowattHours(known, summary.machineEnergy()));
        Json.number(json, "machine_mean_power_w", known ? summary.machineMeanWatts() : Double.NaN);
        Json.number(json, "machine_peak_power_w", summary.peakOrMeanWatts());
        json.writeName("quality");
        json.writeStartObject();
        Json.number(json, "measured_kwh", kilowattHours(known, summary.commandEnergy(Quality.MEASURED)));
        Json.number(json, "modelled_kwh", kilowattHours(known, summary.commandEnergy(Quality.MODELLED)));
        json.writeEndObject();
        Json.number(json, "uncertainty_ratio", summary.uncertaintyRatio());
        Json.number(json, "coverage_ratio", summary.coverageRatio());
    }

    private static double kilowattHours(boolean known, Energy energy) {
        return known ? energy.kilowattHours() : Double.NaN;
    }

    private static void factor(JsonGenerator json, @Nullable Factor factor) {
        json.writeName("factor");
        if (factor == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("zone", factor.zone());
        json.writeNumberProperty("data_year", factor.dataYear());
        json.writeName("g_per_kwh");
        json.writeNumber(factor.gramsPerKwh());
        json.writeStringProperty("method", factor.method());
        json.writeStringProperty("basis", factor.basis());
        json.writeStringProperty("source", factor.source());
        json.writeStringProperty("edition", factor.edition());
        json.writeStringProperty("licence", factor.licence());
        json.writeEndObject();
    }

    private static void device(JsonGenerator json, DeviceTotal total) {
        json.writeStartObject();
        json.writeStringProperty("device", total.device().key());
        json.writeStringProperty("name", total.device().name());
        json.writeStringProperty("kind", total.device().kind().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("source", total.device().source());
        json.writeStringProperty("quality", total.device().quality().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("boundary", total.device().boundary().name().toLowerCase(Locale.ROOT));
        Json.number(json, "uncertainty_ratio", total.device().uncertaintyRatio());
        Json.joules(json, "energy_j", total.commandUj());
        Json.joules(json, "machine_energy_j", total.energyUj());
        Json.number(json, "machine_mean_power_w", total.meanWatts());
        Json.number(json, "machine_peak_power_w", total.peakWatts());
        json.writeStringProperty("share_key", total.wholeDevice() ? "whole-node" : "process");
        json.writeEndObject();
    }
}
