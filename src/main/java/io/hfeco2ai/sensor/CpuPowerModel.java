package io.hfeco2ai.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Power of the CPUs from their load, for nodes without a counter: rated power × (idle ratio of the vendor + dynamic ratio ×
 * load), or, calibrated, a smooth curve through the node's own four figures. Coefficients, their sources and errors are in
 * {@code /sensor/load-model.properties}; how they were scored is in docs/method.md.
 */
final class CpuPowerModel {

    static final String METHOD_VERSION = "cpu-load-1";

    private final double ratedWatts;
    private final double idleRatio;
    private final double dynamicRatio;
    private final @Nullable MonotoneCurve curve;
    private final double uncertaintyRatio;
    private final String basis;

    private CpuPowerModel(
            double ratedWatts,
            double idleRatio,
            double dynamicRatio,
            @Nullable MonotoneCurve curve,
            double uncertaintyRatio,
            String basis) {
        this.ratedWatts = ratedWatts;
        this.idleRatio = idleRatio;
        this.dynamicRatio = dynamicRatio;
        this.curve = curve;
        this.uncertaintyRatio = uncertaintyRatio;
        this.basis = basis;
    }

    static CpuPowerModel calibrated(Calibration calibration, Coefficients coefficients) {
        double[] loads = {0, 0.2, 0.5, 1};
        double[] watts = {calibration.idleWatts(), calibration.watts20(), calibration.watts50(), calibration.watts100()
        };
        for (int i = 1; i < watts.length; i++) {
            watts[i] = Math.max(watts[i], watts[i - 1]);
        }
        return new CpuPowerModel(
                watts[3],
                watts[0] / watts[3],
                0,
                new MonotoneCurve(loads, watts),
                coefficients.of("uncertainty.calibrated"),
                "calibrated on this node");
    }

    /**
     * @param host a virtual machine, or a container that may use a part of the CPUs only, gets that part of the rated
     *     power, never whole sockets
     */
    static CpuPowerModel of(Host host, Coefficients coefficients) {
        TdpTable.Row row = host.cpuModel().isEmpty() ? null : TdpTable.cpu(host.cpuModel());
        double idle = coefficients.of("idle." + vendor(host.cpuModel()));
        double dynamic = coefficients.of("dynamic");
        boolean part = host.virtualMachine() || host.container();
        int threads = row == null ? 0 : threads(row, host);
        if (row == null || (part && threads == 0)) {
            double perThread = coefficients.of("thread.watts");
            return new CpuPowerModel(
                    perThread * host.allottedCpus(),
                    idle,
                    dynamic,
                    null,
                    coefficients.of("uncertainty.unknown"),
                    "rated power of \"" + host.cpuModel() + "\" per hardware thread not known, " + perThread
                            + " W assumed");
        }
        double rated = part ? row.watts() / threads * host.allottedCpus() : row.watts() * host.sockets();
        String basis = row.name() + ", TDP " + row.watts() + " W, " + row.source();
        return new CpuPowerModel(rated, idle, dynamic, null, coefficients.of("uncertainty"), basis);
    }

    /** Inside a virtual machine the visible topology is the hypervisor's invention: only the table counts there. */
    private static int threads(TdpTable.Row row, Host host) {
        return row.threads() > 0 || host.virtualMachine() ? row.threads() : host.logicalCpus() / host.sockets();
    }

    private static String vendor(String cpuModel) {
        String model = cpuModel.toLowerCase(Locale.ROOT);
        if (model.contains("amd") || model.contains("epyc") || model.contains("ryzen")) {
            return "amd";
        }
        return model.contains("intel") || model.contains("xeon") ? "intel" : "other";
    }

    /**
     * Chip watts, or wall watts when calibrated so.
     *
     * @param load busy part of the CPUs the model stands for, 0 to 1
     */
    double watts(double load) {
        double busy = Math.min(1, Math.max(0, load));
        return curve == null ? ratedWatts * (idleRatio + dynamicRatio * busy) : curve.at(busy);
    }

    double uncertaintyRatio() {
        return uncertaintyRatio;
    }

    /** For a person: which figures it rests on. */
    String basis() {
        return METHOD_VERSION + ": " + basis;
    }

    /** The figures of {@code load-model.properties}. */
    static final class Coefficients {
        private final Properties figures = new Properties();

        Coefficients() {
            try (InputStream in = CpuPowerModel.class.getResourceAsStream("/sensor/load-model.properties")) {
                if (in == null) {
                    throw new IllegalStateException("/sensor/load-model.properties is not on the class path");
                }
                figures.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        double of(String name) {
            String figure = figures.getProperty(name);
            if (figure == null) {
                throw new IllegalStateException("load-model.properties has no " + name);
            }
            return Double.parseDouble(figure);
        }
    }

    /**
     * A smooth curve through points that never overshoots them: piecewise cubic Hermite with the slopes of F. N. Fritsch and
     * J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300 (weighted harmonic means).
     */
    static final class MonotoneCurve {

        private final double[] x;
        private final double[] y;
        private final double[] slope;

        /** @param x strictly rising, at least two */
        MonotoneCurve(double[] x, double[] y) {
            this.x = x.clone();
            this.y = y.clone();
            this.slope = slopes(x, y);
        }

        private static double[] slopes(double[] x, double[] y) {
            int n = x.length;
            double[] slope = new double[n];
            for (int i = 1; i < n - 1; i++) {
                double before = (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
                double after = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
                double w1 = 2 * (x[i + 1] - x[i]) + (x[i] - x[i - 1]);
                double w2 = (x[i + 1] - x[i]) + 2 * (x[i] - x[i - 1]);
                slope[i] = before * after <= 0 ? 0 : (w1 + w2) / (w1 / before + w2 / after);
            }
            slope[0] = edge(x[1] - x[0], y[1] - y[0], slope[1]);
            slope[n - 1] = edge(x[n - 1] - x[n - 2], y[n - 1] - y[n - 2], slope[n - 2]);
            return slope;
        }

        /** The slope of the parabola through the edge, kept between 0 and three times the chord so that it stays monotone. */
        private static double edge(double dx, double dy, double inner) {
            double chord = dy / dx;
            double slope = (3 * chord - inner) / 2;
            if (slope * chord <= 0) {
                return 0;
            }
            return Math.abs(slope) > 3 * Math.abs(chord) ? 3 * chord : slope;
        }

        /** Outside the points the nearest one holds. */
        double at(double position) {
            if (position <= x[0]) {
                return y[0];
            }
            int i = 0;
            while (i < x.length - 2 && position > x[i + 1]) {
                i++;
            }
            double dx = x[i + 1] - x[i];
            double t = Math.min(1, (position - x[i]) / dx);
            double t2 = t * t;
            double t3 = t2 * t;
            return (2 * t3 - 3 * t2 + 1) * y[i]
                    + (t3 - 2 * t2 + t) * dx * slope[i]
                    + (3 * t2 - 2 * t3) * y[i + 1]
                    + (t3 - t2) * dx * slope[i + 1];
        }
    }
}
