package io.hfeco2ai.reports.formats;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportFormat;
import io.hfeco2ai.reports.Standard;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** A bill of materials with one machine learning model and the energy of one activity. What is not known is left out. */
@Component
class CycloneDxFormat implements ReportFormat {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    @Override
    public String name() {
        return "cdx.json";
    }

    @Override
    public String mediaType() {
        return "application/vnd.cyclonedx+json; version=1.6";
    }

    @Override
    public boolean writes(Standard standard) {
        return standard == Standard.CYCLONEDX;
    }

    @Override
    public void write(Report report, String sha256, OutputStream out) throws IOException {
        Map<String, Object> considerations =
                Map.of("environmentalConsiderations", Map.of("energyConsumptions", consumptions(report)));
        Map<String, Object> component = new LinkedHashMap<>();
        component.put("type", "machine-learning-model");
        component.put("name", figure(report, "name").map(Figure::text).orElse(report.scope()));
        component.put("modelCard", Map.of("considerations", considerations));
        Map<String, Object> bom = new LinkedHashMap<>();
        bom.put("bomFormat", "CycloneDX");
        bom.put("specVersion", "1.6");
        bom.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(report.id().getBytes(StandardCharsets.UTF_8)));
        bom.put("version", 1);
        bom.put("metadata", Map.of("timestamp", report.madeAt().toString()));
        bom.put("components", List.of(component));
        out.write(JSON.writeValueAsBytes(bom));
    }

    private static List<Map<String, Object>> consumptions(Report report) {
        Optional<Figure> energy = figure(report, "activityEnergyCost");
        Optional<Figure> activity = figure(report, "activity");
        if (energy.isEmpty() || activity.isEmpty()) {
            return List.of();
        }
        Map<String, Object> consumption = new LinkedHashMap<>();
        consumption.put("activity", Objects.requireNonNull(activity.get().text()));
        consumption.put("energyProviders", providers(report));
        consumption.put("activityEnergyCost", measure(energy.get().amount(), "kWh"));
        figure(report, "co2CostEquivalent")
                .ifPresent(carbon -> consumption.put("co2CostEquivalent", measure(carbon.amount(), "tCO2eq")));
        return List.of(consumption);
    }

    private static List<Map<String, Object>> providers(Report report) {
        return report.sections().stream()
                .flatMap(section -> section.tables().stream())
                .filter(table -> table.title().equals("Energy providers"))
                .map(Table::rows)
                .flatMap(List::stream)
                .map(CycloneDxFormat::provider)
                .toList();
    }

    private static Map<String, Object> provider(List<Cell> row) {
        Map<String, Object> provider = new LinkedHashMap<>();
        provider.put("description", row.get(0).shown());
        provider.put("organization", Map.of("name", "unknown"));
        provider.put("energySource", "unknown");
        provider.put("energyProvided", measure(row.get(1).amount(), "kWh"));
        return provider;
    }

    private static Map<String, Object> measure(@Nullable BigDecimal amount, String unit) {
        return Map.of("value", Objects.requireNonNull(amount, "figures that are not missing have one"), "unit", unit);
    }

    private static Optional<Figure> figure(Report report, String code) {
        return report.sections().stream()
                .flatMap(section -> section.figures().stream())
                .filter(figure -> figure.code().equals(code) && figure.state() != Report.State.MISSING)
                .findFirst();
    }
}
