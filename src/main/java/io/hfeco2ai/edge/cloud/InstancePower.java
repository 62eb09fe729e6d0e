package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.units.DeviceKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.springframework.stereotype.Component;

/**
 * What an instance draws at a given load, in watts by kind of device, from the tables in {@code /cloud}, which state their
 * source; {@code docs/cloud.md} says how far they can be trusted.
 */
@Component
class InstancePower {

    /** Percent of load at which the tables give watts. */
    private static final double[] LOADS = {0, 10, 50, 100};

    /** @param watts at each of {@link #LOADS} */
    private record Curve(double[] watts) {
        double at(double percent) {
            int i = 1;
            while (LOADS[i] < percent) {
                i++;
            }
            double part = (percent - LOADS[i - 1]) / (LOADS[i] - LOADS[i - 1]);
            return watts[i - 1] + part * (watts[i] - watts[i - 1]);
        }
    }

    private record Instance(Map<DeviceKind, Curve> curves, double restWatts) {}

    private record Each(Curve vcpu, Curve gigabyte) {}

    private final Map<String, Instance> instances = new HashMap<>();
    private final Map<String, Each> providers = new HashMap<>();

    InstancePower() {
        for (CSVRecord row : read("instances.csv")) {
            Map<DeviceKind, Curve> curves = new EnumMap<>(DeviceKind.class);
            for (DeviceKind kind : List.of(DeviceKind.CPU, DeviceKind.RAM, DeviceKind.GPU)) {
                String name = kind.name().toLowerCase(Locale.ROOT);
                curves.put(kind, curve(row, name + "_idle_w", name + "_10_w", name + "_50_w", name + "_100_w"));
            }
            instances.put(
                    row.get("provider") + ':' + row.get("type"),
                    new Instance(curves, Double.parseDouble(row.get("rest_w"))));
        }
        for (CSVRecord row : read("vcpus.csv")) {
            double idle = Double.parseDouble(row.get("vcpu_idle_w"));
            double most = Double.parseDouble(row.get("vcpu_100_w"));
            Curve vcpu = new Curve(new double[] {idle, idle + (most - idle) / 10, idle + (most - idle) / 2, most});
            providers.put(
                    row.get("provider"), new Each(vcpu, curve(row, "gb_idle_w", "gb_10_w", "gb_50_w", "gb_100_w")));
        }
    }

    private static Curve curve(CSVRecord row, String... columns) {
        double[] watts = new double[columns.length];
        for (int i = 0; i < columns.length; i++) {
            watts[i] = Double.parseDouble(row.get(columns[i]));
        }
        return new Curve(watts);
    }

    private static List<CSVRecord> read(String table) {
        try (InputStream in = InstancePower.class.getResourceAsStream("/cloud/" + table)) {
            if (in == null) {
                throw new IllegalStateException("missing on the class path: /cloud/" + table);
            }
            return CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getRecords();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Of a type that the table has: processors, memory, GPUs, and what else its machine draws.
     *
     * @param provider aws, gcp or azure
     * @param percent of load, 0 to 100
     */
    Optional<Map<DeviceKind, Double>> ofType(String provider, String type, double percent) {
        // SageMaker's ml.p3.2xlarge is a p3.2xlarge.
        String bare = type.toLowerCase(Locale.ROOT).replaceFirst("^ml\\.", "");
        return Optional.ofNullable(instances.get(provider + ':' + bare)).map(instance -> {
            Map<DeviceKind, Double> watts = new EnumMap<>(DeviceKind.class);
            instance.curves().forEach((kind, curve) -> watts.put(kind, curve.at(percent)));
            watts.put(DeviceKind.REST, instance.restWatts());
            watts.values().removeIf(each -> each == 0);
            return watts;
        });
    }

    /** Of so many virtual processors and so much memory, by the mean of the provider's processors. */
    Map<DeviceKind, Double> ofSize(String provider, double vcpus, double gigabytes, double percent) {
        Each each = providers.get(provider);
        if (each == null) {
            throw new IllegalArgumentException("unknown provider " + provider);
        }
        Map<DeviceKind, Double> watts = new EnumMap<>(DeviceKind.class);
        watts.put(DeviceKind.CPU, vcpus * each.vcpu().at(percent));
        watts.put(DeviceKind.RAM, gigabytes * each.gigabyte().at(percent));
        watts.values().removeIf(one -> one == 0);
        return watts;
    }
}
