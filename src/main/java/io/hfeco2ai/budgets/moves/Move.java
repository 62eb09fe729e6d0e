package io.hfeco2ai.budgets.moves;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The change of a spend, split by the logarithmic mean Divisia index, additive form (LMDI-I: B. W. Ang, "The LMDI approach to
 * decomposition analysis: a practical guide", Energy Policy 33, 2005, 867–871). The spend of a project is
 *
 * <pre>device-hours × (kWh ÷ device-hour) × (counted kWh ÷ kWh) × (amount ÷ counted kWh)</pre>
 *
 * and the part of a factor x is L(now, before) · ln(x now ÷ x before), L(a, b) = (a − b) ÷ ln(a ÷ b), L(a, a) = a: the parts
 * add up to the change. Where one factor is 0 in a span, its part is the whole change, which is the limit of the formula
 * (Ang and Liu, Energy Policy 35, 2007, 238–246). Rounding, 10⁻⁹ of the unit, goes to the largest part.
 *
 * @param added projects that spent nothing before
 * @param ended projects that spend nothing now
 * @param volume device-hours; kWh where a span has no device-hours
 * @param power kWh a device-hour
 * @param counted the part of the energy with the zone or PUE that the budget counts with
 * @param price kg CO2e or facility kWh for each counted kWh
 * @param corrections of projects of which a span is negative: they cannot be split
 */
public record Move(
        BigDecimal added,
        BigDecimal ended,
        BigDecimal volume,
        BigDecimal power,
        BigDecimal counted,
        BigDecimal price,
        BigDecimal corrections) {

    private static final BigDecimal ZERO = BigDecimal.ZERO;

    public static final Move NONE = new Move(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO);

    private static final int DIGITS = 9;
    private static final double SAME = 1e-9;

    public static Move of(Side before, Side now) {
        BigDecimal change = now.amount().subtract(before.amount());
        if (before.isNothing()) {
            return new Move(change, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO);
        }
        if (now.isNothing()) {
            return new Move(ZERO, change, ZERO, ZERO, ZERO, ZERO, ZERO);
        }
        if (before.isBelowNothing() || now.isBelowNothing()) {
            return new Move(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, change);
        }
        List<BigDecimal> parts = parts(before, now, change);
        return new Move(ZERO, ZERO, parts.get(0), parts.get(1), parts.get(2), parts.get(3), ZERO);
    }

    private static List<BigDecimal> parts(Side before, Side now, BigDecimal change) {
        boolean hours = before.deviceHours() > 0 && now.deviceHours() > 0;
        double[] ratios = {
            hours ? now.deviceHours() / before.deviceHours() : now.energyKwh() / before.energyKwh(),
            hours ? now.energyKwh() / now.deviceHours() / (before.energyKwh() / before.deviceHours()) : 1,
            now.countedKwh() / now.energyKwh() / (before.countedKwh() / before.energyKwh()),
            price(now) / price(before)
        };
        List<BigDecimal> parts = new ArrayList<>(Collections.nCopies(ratios.length, ZERO));
        int all = alone(before, now);
        if (all >= 0) {
            parts.set(all, change);
            return parts;
        }
        double mean =
                logarithmicMean(now.amount().doubleValue(), before.amount().doubleValue());
        if (mean == 0) {
            return parts;
        }
        int largest = 0;
        BigDecimal rest = change;
        for (int i = 0; i < ratios.length; i++) {
            BigDecimal part = BigDecimal.valueOf(mean * Math.log(ratios[i])).setScale(DIGITS, RoundingMode.HALF_EVEN);
            parts.set(i, part);
            rest = rest.subtract(part);
            largest = part.abs().compareTo(parts.get(largest).abs()) > 0 ? i : largest;
        }
        parts.set(largest, parts.get(largest).add(rest));
        return parts;
    }

    /** The factor that is 0 in just one of the spans; -1: none is. */
    private static int alone(Side before, Side now) {
        boolean countedOnce = (before.countedKwh() == 0) != (now.countedKwh() == 0);
        boolean amountOnce = (before.amount().signum() == 0) != (now.amount().signum() == 0);
        return !amountOnce ? -1 : countedOnce ? 2 : 3;
    }

    private static double price(Side side) {
        return side.amount().doubleValue() / side.countedKwh();
    }

    /** 0 where one of the two is. */
    static double logarithmicMean(double one, double other) {
        if (one <= 0 || other <= 0) {
            return 0;
        }
        return Math.abs(one / other - 1) < SAME ? (one + other) / 2 : (one - other) / Math.log(one / other);
    }

    public Move plus(Move other) {
        return new Move(
                added.add(other.added),
                ended.add(other.ended),
                volume.add(other.volume),
                power.add(other.power),
                counted.add(other.counted),
                price.add(other.price),
                corrections.add(other.corrections));
    }

    /** All parts together. */
    public BigDecimal change() {
        return added.add(ended).add(volume).add(power).add(counted).add(price).add(corrections);
    }
}
