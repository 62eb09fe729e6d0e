package io.hfeco2ai.budgets.gate;

/** Student's t distribution, by the incomplete beta function's continued fraction (NIST DLMF 8.17.22). */
final class StudentT {

    private static final int MOST_STEPS = 500;
    private static final double EXACT = 1e-14;
    private static final double TINY = 1e-300;

    /** Lanczos, g = 5 with 6 terms: C. Lanczos, SIAM Journal on Numerical Analysis 1, 1964, 86–96. */
    private static final double[] LANCZOS = {
        76.18009172947146,
        -86.50532032941677,
        24.01409824083091,
        -1.231739572450155,
        0.1208650973866179e-2,
        -0.5395239384953e-5
    };

    private StudentT() {}

    /** The probability of more than t. @param freedom degrees of it, above 0 */
    static double above(double t, double freedom) {
        double tail = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
        return t >= 0 ? tail : 1 - tail;
    }

    /** The t that is exceeded with that probability, below 0.5. */
    static double exceededWith(double probability, double freedom) {
        double low = 0;
        double high = 1;
        while (above(high, freedom) > probability) {
            high *= 2;
        }
        for (int i = 0; i < 100; i++) {
            double middle = (low + high) / 2;
            if (above(middle, freedom) > probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double incompleteBeta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
    }

    /** Lentz's way from the front. */
    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
        double result = d;
        for (int m = 1; m <= MOST_STEPS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / awayFromZero(1 + even * d);
            c = awayFromZero(1 + even / c);
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / awayFromZero(1 + odd * d);
            c = awayFromZero(1 + odd / c);
            result *= d * c;
            if (Math.abs(d * c - 1) < EXACT) {
                break;
            }
        }
        return result;
    }

    private static double awayFromZero(double number) {
        return Math.abs(number) < TINY ? TINY : number;
    }

    private static double logGamma(double x) {
        double sum = 1.000000000190015;
        for (int i = 0; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (x + i + 1);
        }
        double shifted = x + 5.5;
        return (x + 0.5) * Math.log(shifted) - shifted + Math.log(2.5066282746310005 * sum / x);
    }
}
