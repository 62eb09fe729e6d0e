package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.reports.Report.State;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;

/** The reports about models, and the two files that only they have. */
class ModelReportTests extends ReportsInTheApplication {

    private static BigDecimal amount(Report report, String label) {
        return Objects.requireNonNull(figure(report, label).amount());
    }

    @Test
    void theAiActCountsFailedRunsAndSaysWhatItCannotTell() throws Exception {
        spent("p", 0.8, HOUR);
        Run failed = spent("p", 0.4, HOUR);
        experiments.finish(team, failed.id(), "FAILED", HOUR.plusSeconds(660));
        Report report = made(request(Standard.AI_ACT, Map.of("model", "m-7b")));
        assertThat(amount(report, "Energy of training")).isEqualByComparingTo("0.0012");
        assertThat(figure(report, "Energy of training").unit()).isEqualTo("MWh");
        assertThat(amount(report, "Runs")).isEqualByComparingTo("2");
        assertThat(amount(report, "Failed runs among them")).isEqualByComparingTo("1");
        assertThat(table(report, "Runs").rows()).hasSize(2);
        assertThat(figure(report, "Compute of training").state()).isEqualTo(State.MISSING);
        assertThat(figure(report, "PUE now").text()).contains("unknown");
        assertThat(figure(report, "Model").text()).isEqualTo("m-7b");
        assertThat(report.toString()).doesNotContainIgnoringCase("compliant");
    }

    @Test
    void theModelCardIsInGramsAndItsYamlHasTheShapeOfTheHub() throws Exception {
        spent("p", 1.2, HOUR);
        BigDecimal kilograms = amount(made(request(Standard.GHG_SCOPE2, Map.of())), "Location-based emissions");
        Report report = made(request(Standard.MODEL_CARD, Map.of("training", "fine-tuning")));
        assertThat(amount(report, "Emissions")).isEqualByComparingTo(kilograms.movePointRight(3));
        String yaml = body(get("/reports/" + report.id() + "/files/yaml"), 200);
        assertThat(yaml).startsWith("---\n").endsWith("---\n");
        Map<String, Map<String, Object>> card =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml.substring(4, yaml.length() - 4));
        assertThat(card).containsOnlyKeys("co2_eq_emissions");
        Map<String, Object> fields = Objects.requireNonNull(card.get("co2_eq_emissions"));
        assertThat(fields)
                .containsKeys("emissions", "source", "training_type", "geographical_location")
                .containsEntry("training_type", "fine-tuning");
        assertThat(new BigDecimal(
                                Objects.requireNonNull(fields.get("emissions")).toString())
                        .doubleValue())
                .isEqualTo(kilograms.movePointRight(3).doubleValue());
        assertThat(String.valueOf(fields.get("geographical_location"))).contains("DE");
        assertThat(body(get("/reports/" + report.id()), 200))
                .contains("files/yaml")
                .doesNotContain("cdx");
        body(get("/reports/" + report.id() + "/files/cdx.json"), 404);
    }

    @Test
    void cycloneDxHasTheFieldsAndWordsOfItsSchema() throws Exception {
        spent("p", 1.2, HOUR);
        Report report = made(request(Standard.CYCLONEDX, Map.of("model", "m \"7\"")));
        JsonNode bom = ReportStore.JSON.readTree(body(get("/reports/" + report.id() + "/files/cdx.json"), 200));
        assertThat(bom.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(bom.get("specVersion").asString()).isEqualTo("1.6");
        assertThat(bom.get("serialNumber").asString())
                .matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
        JsonNode model = bom.get("components").get(0);
        assertThat(model.get("type").asString()).isEqualTo("machine-learning-model");
        assertThat(model.get("name").asString()).isEqualTo("m \"7\"");
        JsonNode energy = model.at("/modelCard/considerations/environmentalConsiderations/energyConsumptions/0");
        assertThat(energy.propertyNames())
                .containsExactly("activity", "energyProviders", "activityEnergyCost", "co2CostEquivalent");
        assertThat(energy.get("activity").asString()).isEqualTo("training");
        assertThat(energy.at("/activityEnergyCost/unit").asString()).isEqualTo("kWh");
        assertThat(energy.at("/activityEnergyCost/value").decimalValue()).isEqualByComparingTo("1.2");
        assertThat(energy.at("/co2CostEquivalent/unit").asString()).isEqualTo("tCO2eq");
        assertThat(energy.at("/co2CostEquivalent/value").decimalValue())
                .isEqualByComparingTo(amount(report, "Emissions"));
        assertThat(energy.at("/energyProviders/0").propertyNames())
                .containsExactly("description", "organization", "energySource", "energyProvided");
        assertThat(energy.at("/energyProviders/0/energySource").asString()).isEqualTo("unknown");
        Report none = made(request(Standard.CYCLONEDX, Map.of("experiment", "none")));
        assertThat(body(get("/reports/" + none.id() + "/files/cdx.json"), 200)).contains("\"energyConsumptions\":[]");
    }
}
