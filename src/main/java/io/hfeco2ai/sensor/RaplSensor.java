package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sensors.Finding;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RAPL energy counters through powercap. */
final class RaplSensor implements Sensor {

    static @Nullable RaplSensor discover(Path root, Host host, List<Finding> findings) {
        return null;
    }

    @Override
    public List<Device> devices() {
        return List.of();
    }

    @Override
    public void read(ReadingSink sink) {}
}
