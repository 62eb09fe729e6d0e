package io.hfeco2ai.sensor;

import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Plays a recording of powers over and over, for demos and tests. Its devices have the source {@value #SOURCE}: that name
 * marks everything made from them as synthetic.
 *
 * <p>The recording is a CSV with the header {@code device,kind,second,watts}: key points of each device in rising seconds,
 * a straight line between two points. An empty {@code watts} is a gap up to the device's next point. The recording's length
 * is its largest second.
 */
public final class ReplaySensor implements Sensor {

    public static final String SOURCE = "replay";

    private static final String HEADER = "device,kind,second,watts";

    private final List<Device> devices = new ArrayList<>();
    private final List<double[][]> curves = new ArrayList<>();
    private final LongSupplier nanoTime;
    private final double lengthSeconds;
    private final long startNanos;

    private ReplaySensor(Map<String, DeviceKind> kinds, Map<String, List<double[]>> points, LongSupplier nanoTime) {
        double length = 0;
        for (Map.Entry<String, DeviceKind> entry : kinds.entrySet()) {
            double[][] curve = points.getOrDefault(entry.getKey(), List.of()).toArray(new double[0][]);
            curves.add(curve);
            length = Math.max(length, curve[curve.length - 1][0]);
            devices.add(device(entry.getKey(), entry.getValue()));
        }
        if (length == 0) {
            throw new IllegalArgumentException("recording is empty or has no length: it needs a point after second 0");
        }
        this.lengthSeconds = length;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    private static Device device(String name, DeviceKind kind) {
        Boundary boundary = kind == DeviceKind.NODE || kind == DeviceKind.REST ? Boundary.NODE : Boundary.CHIP;
        return new Device(
                SOURCE + ":" + name,
                kind,
                name,
                boundary,
                Quality.MEASURED,
                SOURCE,
                0,
                Double.POSITIVE_INFINITY,
                Double.NaN);
    }

    /** @param resource on the class path, such as {@code /sensor/replay-training.csv} */
    public static ReplaySensor ofResource(String resource, LongSupplier nanoTime) {
        try (InputStream in = ReplaySensor.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no recording on the class path: " + resource);
            }
            return of(new InputStreamReader(in, StandardCharsets.UTF_8), nanoTime);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read recording " + resource + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException naming the line that does not fit the layout */
    public static ReplaySensor of(Reader csv, LongSupplier nanoTime) throws IOException {
        BufferedReader lines = new BufferedReader(csv);
        if (!HEADER.equals(lines.readLine())) {
            throw new IllegalArgumentException("recording line 1 must be " + HEADER);
        }
        Map<String, DeviceKind> kinds = new LinkedHashMap<>();
        Map<String, List<double[]>> points = new LinkedHashMap<>();
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank()) {
                add(line, number, kinds, points);
            }
        }
        return new ReplaySensor(kinds, points, nanoTime);
    }

    private static void add(
            String line, int number, Map<String, DeviceKind> kinds, Map<String, List<double[]>> points) {
        String[] cells = line.split(",", -1);
        try {
            if (cells.length != 4) {
                throw new IllegalArgumentException("needs 4 cells");
            }
            DeviceKind kind = DeviceKind.valueOf(cells[1].strip().toUpperCase(Locale.ROOT));
            DeviceKind before = kinds.putIfAbsent(cells[0], kind);
            if (before != null && before != kind) {
                throw new IllegalArgumentException("device has another kind above");
            }
            List<double[]> curve = points.computeIfAbsent(cells[0], name -> new ArrayList<>());
            double second = Double.parseDouble(cells[2]);
            double watts = cells[3].isBlank() ? Double.NaN : Double.parseDouble(cells[3]);
            if (watts < 0 || second < 0 || (!curve.isEmpty() && second <= curve.get(curve.size() - 1)[0])) {
                throw new IllegalArgumentException("watts must be 0 or more, seconds must rise within a device");
            }
            curve.add(new double[] {second, watts});
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("recording line " + number + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void read(ReadingSink sink) {
        double second = (nanoTime.getAsLong() - startNanos) / 1e9 % lengthSeconds;
        for (int i = 0; i < curves.size(); i++) {
            double watts = wattsAt(curves.get(i), second);
            if (Double.isNaN(watts)) {
                sink.gap(devices.get(i), "gap in the recording");
            } else {
                sink.power(devices.get(i), watts);
            }
        }
    }

    private static double wattsAt(double[][] curve, double second) {
        if (second < curve[0][0]) {
            return Double.NaN;
        }
        int i = 0;
        while (i + 1 < curve.length && curve[i + 1][0] <= second) {
            i++;
        }
        double[] from = curve[i];
        if (i + 1 == curve.length || Double.isNaN(from[1]) || Double.isNaN(curve[i + 1][1])) {
            return from[1];
        }
        double part = (second - from[0]) / (curve[i + 1][0] - from[0]);
        return from[1] + part * (curve[i + 1][1] - from[1]);
    }
}
