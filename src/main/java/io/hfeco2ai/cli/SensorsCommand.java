package io.hfeco2ai.cli;

import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** Says what can be measured on this machine, and what would have to change for more. */
@Command(
        name = "sensors",
        mixinStandardHelpOptions = true,
        description = "List what this machine can measure, what was chosen, and what would make more of it measurable.")
final class SensorsCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException {
        Selection selection = Sensors.discover(Path.of("/"), calibration());
        try {
            if (json) {
                out.println(Json.object(to -> write(to, selection)));
            } else {
                print(selection);
            }
        } finally {
            selection.sensors().forEach(sensor -> sensor.close());
        }
        return 0;
    }

    private static @Nullable Calibration calibration() throws IOException {
        try {
            return CalibrationFile.ofUser().load();
        } catch (IllegalArgumentException e) {
            System.err.println("hf-eco2ai: the calibration is not used: " + e.getMessage());
            return null;
        }
    }

    private void print(Selection selection) {
        Host host = selection.host();
        out.printf(
                Locale.ROOT,
                "%s: %s, %d CPUs (%.3g for us), %.1f GiB%s%s%n%n",
                host.name(),
                host.cpuModel().isEmpty() ? "unknown CPU" : host.cpuModel(),
                host.logicalCpus(),
                host.allottedCpus(),
                host.memoryBytes() / (double) (1 << 30),
                host.virtualMachine() ? ", virtual machine" : "",
                host.container() ? ", container" : "");
        printDevices(selection.devices());
        printFindings(selection.findings());
    }

    private void printDevices(List<Device> devices) {
        if (devices.isEmpty()) {
            out.println("Nothing can be measured or modelled here.");
            return;
        }
        Table table = new Table(Set.of(), "device", "kind", "source", "quality", "boundary", "key");
        for (Device device : devices) {
            table.row(
                    device.name(),
                    lower(device.kind()),
                    device.source(),
                    lower(device.quality()) + " " + Amounts.uncertainty(device.uncertaintyRatio()),
                    lower(device.boundary()),
                    device.key());
        }
        out.println("Read every second:");
        table.lines().forEach(out::println);
        if (devices.stream().noneMatch(device -> device.quality() == Quality.MEASURED)) {
            out.println();
            out.println("Nothing is measured here: all figures come from models of the load. The cures are below.");
        }
    }

    private void printFindings(List<Finding> findings) {
        for (boolean chosen : new boolean[] {true, false}) {
            List<Finding> some = findings.stream()
                    .filter(finding -> finding.chosen() == chosen)
                    .toList();
            if (!some.isEmpty()) {
                out.println();
                out.println(chosen ? "Chosen:" : "Not chosen:");
                for (Finding finding : some) {
                    out.println("  " + finding.source() + ", " + finding.what() + ": " + finding.reason());
                    if (!finding.cure().isEmpty()) {
                        out.println("      cure: " + finding.cure());
                    }
                }
            }
        }
    }

    private static void write(JsonGenerator json, Selection selection) {
        Host host = selection.host();
        json.writeStringProperty("node", host.nodeId());
        json.writeStringProperty("name", host.name());
        json.writeStringProperty("cpu_model", host.cpuModel());
        json.writeNumberProperty("logical_cpus", host.logicalCpus());
        Json.number(json, "allotted_cpus", host.allottedCpus());
        json.writeNumberProperty("memory_bytes", host.memoryBytes());
        json.writeBooleanProperty("virtual_machine", host.virtualMachine());
        json.writeBooleanProperty("container", host.container());
        json.writeBooleanProperty(
                "measured", selection.devices().stream().anyMatch(device -> device.quality() == Quality.MEASURED));
        json.writeName("devices");
        json.writeStartArray();
        selection.devices().forEach(device -> write(json, device));
        json.writeEndArray();
        json.writeName("findings");
        json.writeStartArray();
        for (Finding finding : selection.findings()) {
            json.writeStartObject();
            json.writeStringProperty("source", finding.source());
            json.writeStringProperty("what", finding.what());
            json.writeBooleanProperty("chosen", finding.chosen());
            json.writeStringProperty("reason", finding.reason());
            json.writeStringProperty("cure", finding.cure());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Device device) {
        json.writeStartObject();
        json.writeStringProperty("device", device.key());
        json.writeStringProperty("name", device.name());
        json.writeStringProperty("kind", lower(device.kind()));
        json.writeStringProperty("source", device.source());
        json.writeStringProperty("quality", lower(device.quality()));
        json.writeStringProperty("boundary", lower(device.boundary()));
        Json.number(json, "uncertainty_ratio", device.uncertaintyRatio());
        Json.number(json, "cap_w", device.capWatts());
        Json.number(json, "idle_w", device.idleWatts());
        json.writeEndObject();
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
