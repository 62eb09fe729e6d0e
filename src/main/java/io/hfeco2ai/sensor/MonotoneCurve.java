package io.hfeco2ai.sensor;

/**
 * A smooth curve through points that never overshoots them: piecewise cubic Hermite with the slopes of F. N. Fritsch and
 * J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300 (weighted harmonic means).
 */
final class MonotoneCurve {

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
