package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.sensor.CpuPowerModel.Coefficients;
import io.hfeco2ai.sensor.CpuPowerModel.MonotoneCurve;
import io.hfeco2ai.units.Boundary;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuPowerModelTests {

    private final Coefficients coefficients = new Coefficients();

    @ParameterizedTest
    @CsvSource({
        "Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz, 85",
        "Intel(R) Xeon(R) CPU E3-1240 V2 @ 3.40GHz, 69",
        "AMD EPYC 8024P 8-Core Processor, 90",
        "AMD Ryzen Threadripper 1950X 16-Core Processor, 180",
        "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz, 28",
        "AMD Ryzen 7 5800X 8-Core Processor, 105",
        "AMD Ryzen 5 3400G with Radeon Vega Graphics, 65",
        "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz, 210",
        "Apple M1, 10",
    })
    void findsTheRatedPowerBehindTheNameTheKernelShows(String model, double watts) {
        assertThat(TdpTable.cpu(model))
                .isNotNull()
                .extracting(TdpTable.Row::watts)
                .isEqualTo(watts);
    }

    @ParameterizedTest
    @CsvSource({
        "AMD EPYC",
        "Intel(R) Xeon(R) CPU @ 2.00GHz",
        "AMD EPYC-Rome Processor",
        "QEMU Virtual CPU version 2.5+",
        "Common KVM processor"
    })
    void aNameWithoutAModelIsUnknown(String model) {
        assertThat(TdpTable.cpu(model)).isNull();
    }

    @Test
    void everyRowHasAFigureASourceAnEditionAndALicence() throws Exception {
        try (java.io.InputStream in = TdpTable.class.getResourceAsStream("/sensor/tdp.csv")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(text.length()).isLessThan(250_000);
            assertThat(text.lines().skip(1))
                    .allMatch(row -> row.matches("(cpu|gpu),[^,]+,[0-9.]+,[0-9]*,[^,]+,[^,]+,[^,]+"));
        }
    }

    @Test
    void twoSocketsDrawTwice() {
        CpuPowerModel one = CpuPowerModel.of(host("Intel Xeon Gold 6148", 1, 40, false), coefficients);
        CpuPowerModel two = CpuPowerModel.of(host("Intel Xeon Gold 6148", 2, 80, false), coefficients);
        assertThat(two.watts(0.5)).isEqualTo(2 * one.watts(0.5));
    }

    @Test
    void aContainerGetsItsPartOfTheSocketOnly() {
        CpuPowerModel whole = CpuPowerModel.of(host("Intel Xeon Gold 6148", 2, 80, false), coefficients);
        Host part = new Host("n", "b", "h", "Intel Xeon Gold 6148", 2, 80, 8, 1, 1, false, true);
        assertThat(CpuPowerModel.of(part, coefficients).watts(1))
                .isCloseTo(whole.watts(1) / 10, Assertions.within(1e-9));
    }

    @Test
    void powerRisesWithLoadAndLoadIsHeldBetween0And1() {
        CpuPowerModel model = CpuPowerModel.of(host("AMD EPYC 8024P", 1, 16, false), coefficients);
        assertThat(model.watts(-1)).isEqualTo(model.watts(0));
        assertThat(model.watts(2)).isEqualTo(model.watts(1));
        assertThat(model.watts(0.6)).isGreaterThan(model.watts(0.5));
    }

    @Test
    void aCalibratedCurveGoesThroughItsPointsAndNeverFalls() {
        MonotoneCurve curve = new MonotoneCurve(new double[] {0, 0.2, 0.5, 1}, new double[] {18, 38, 47, 47});
        assertThat(curve.at(0)).isEqualTo(18);
        assertThat(curve.at(0.2)).isCloseTo(38, Assertions.within(1e-9));
        assertThat(curve.at(1)).isEqualTo(47);
        for (double load = 0; load < 1; load += 0.001) {
            assertThat(curve.at(load + 0.001)).isGreaterThanOrEqualTo(curve.at(load) - 1e-9);
            assertThat(curve.at(load)).isBetween(18.0, 47.0 + 1e-9);
        }
    }

    @Test
    void aCalibrationThatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> new Calibration(Boundary.CHIP, 0, 10, 20, 30)).hasMessageContaining("idleWatts");
        assertThatThrownBy(() -> new Calibration(Boundary.CHIP, 10, 10, 20, 30)).hasMessageContaining("watts20");
        assertThatThrownBy(() -> new Calibration(Boundary.CHIP, 10, 20, 15, 30)).hasMessageContaining("watts50");
        assertThatThrownBy(() -> new Calibration(Boundary.CHIP, 10, 20, 30, Double.NaN))
                .hasMessageContaining("watts100");
        assertThatThrownBy(() -> new Calibration(Boundary.RACK, 10, 20, 30, 40)).hasMessageContaining("boundary");
    }

    private static Host host(String model, int sockets, int logical, boolean virtual) {
        return new Host("n", "b", "h", model, sockets, logical, logical, 1, 1, virtual, false);
    }
}
