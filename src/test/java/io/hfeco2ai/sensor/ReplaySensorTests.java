package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.units.Boundary;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplaySensorTests {

    private long nanos;

    @Test
    void playsBetweenItsPointsOverAndOver() throws IOException {
        ReplaySensor sensor = replay("device,kind,second,watts\ngpu 0,gpu,0,100\ngpu 0,gpu,10,300\nwall,node,0,500\n");
        assertThat(at(sensor, 5)).containsEntry("gpu 0", 200.0).containsEntry("wall", 500.0);
        assertThat(at(sensor, 12.5)).containsEntry("gpu 0", 150.0);
    }

    @Test
    void anEmptyFigureIsAGap() throws IOException {
        ReplaySensor sensor =
                replay("device,kind,second,watts\ncpu,cpu,0,10\ncpu,cpu,4,\ncpu,cpu,6,20\ncpu,cpu,8,20\n");
        assertThat(at(sensor, 5)).isEmpty();
        assertThat(at(sensor, 7)).containsEntry("cpu", 20.0);
    }

    @Test
    void isMarkedByItsSource() throws IOException {
        ReplaySensor sensor = replay("device,kind,second,watts\nwall,node,0,5\nwall,node,9,5\n");
        assertThat(sensor.devices()).singleElement().satisfies(device -> {
            assertThat(device.source()).isEqualTo("replay");
            assertThat(device.key()).isEqualTo("replay:wall");
            assertThat(device.boundary()).isEqualTo(Boundary.NODE);
        });
    }

    @Test
    void badRecordingsNameTheirLine() {
        assertThatThrownBy(() -> replay("second,watts\n")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> replay("device,kind,second,watts\na,gpu,0,1\na,gpu,0,2\n"))
                .hasMessageContaining("line 3");
        assertThatThrownBy(() -> replay("device,kind,second,watts\na,tpu,0,1\n"))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> replay("device,kind,second,watts\n")).hasMessageContaining("empty");
    }

    @Test
    void theDemoRecordingPlays() {
        ReplaySensor sensor = ReplaySensor.ofResource("/sensor/replay-training.csv", () -> nanos);
        assertThat(at(sensor, 60)).hasSize(sensor.devices().size());
    }

    private ReplaySensor replay(String csv) throws IOException {
        return ReplaySensor.of(new StringReader(csv), () -> nanos);
    }

    private Map<String, Double> at(ReplaySensor sensor, double second) {
        nanos = Math.round(second * 1e9);
        Map<String, Double> watts = new HashMap<>();
        sensor.read(new ReadingSink() {
            @Override
            public void counter(Device device, long microjoules) {
                throw new AssertionError("a replay has powers only");
            }

            @Override
            public void power(Device device, double reading) {
                watts.put(device.name(), reading);
            }

            @Override
            public void gap(Device device, String reason) {}
        });
        return watts;
    }
}
