package io.hfeco2ai.reports.standards;

import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Figures that several standards ask for, from sums of the ledger. */
final class Figures {

    static final String KWH = "kWh";
    static final String KG = "kgCO2e";
    static final String MWH = "MWh";
    static final String TONNES = "tCO2e";
    private static final int FROM_THOUSANDS = 3;

    private final Sum sum;
    private final String entries;
    private final boolean thousands;

    /**
     * @param entries path of the page with the entries behind it
     * @param thousands in MWh and tonnes
     */
    Figures(Sum sum, String entries, boolean thousands) {
        this.sum = sum;
        this.entries = entries;
        this.thousands = thousands;
    }

    /** Electricity as the site's meter would see it, as far as the overhead is known. */
    Figure electricity(String code, String label) {
        return new Figure(
                code,
                label,
                scaled(sum.suppliedKwh()),
                null,
                thousands ? MWH : KWH,
                sum.withoutOverheadKwh().signum() == 0 ? sum.energyState() : State.ESTIMATED,
                made() + overhead(),
                entries);
    }

    private String overhead() {
        if (sum.isEmpty()) {
            return "";
        }
        BigDecimal without = sum.withoutOverheadKwh();
        return without.signum() == 0
                ? "; overhead of the building included by PUE or by a meter at the supply"
                : "; the overhead of the building is unknown for " + plain(without)
                        + " kWh of it and not included: set the" + " site's PUE";
    }

    Figure location(String code, String label) {
        return emissions(
                code,
                label,
                sum.locationKg(),
                sum.unpricedKwh(),
                "; grid average factors of each site's zone, table \"Location-based factors\"");
    }

    Figure market(String code, String label) {
        return emissions(
                code,
                label,
                sum.marketKg(),
                sum.marketUnpricedKwh(),
                "; contracts, certificates, residual mix, else the grid average, table \"Market-based factors\"");
    }

    /** Location-based, in grams: what a model card of the Hugging Face Hub wants. */
    Figure grams(String code, String label) {
        Figure kilograms = new Figures(sum, entries, false).location(code, label);
        BigDecimal kg = kilograms.amount();
        return kg == null || sum.isEmpty()
                ? Figure.missing(code, label, "g", kg == null ? kilograms.how() : "No run used energy in the period.")
                : new Figure(code, label, sum.locationGrams(), null, "g", kilograms.state(), kilograms.how(), entries);
    }

    private Figure emissions(String code, String label, @Nullable BigDecimal kg, BigDecimal unpricedKwh, String how) {
        if (kg == null && !sum.isEmpty()) {
            return Figure.missing(
                    code, label, thousands ? TONNES : KG, "No factor prices this energy: set the zone of its sites.");
        }
        boolean whole = unpricedKwh.signum() == 0;
        return new Figure(
                code,
                label,
                scaled(kg == null ? BigDecimal.ZERO : kg),
                null,
                thousands ? TONNES : KG,
                whole && sum.withoutOverheadKwh().signum() == 0 ? sum.energyState() : State.ESTIMATED,
                made()
                        + (sum.isEmpty() ? "" : how)
                        + (whole ? "" : "; " + plain(unpricedKwh) + " kWh have no factor and are not in it"),
                entries);
    }

    /** Null amounts are missing figures. */
    static Figure percent(String code, String label, @Nullable BigDecimal percent, String how) {
        return percent == null
                ? Figure.missing(code, label, "%", "There is no energy in the period.")
                : new Figure(code, label, percent, null, "%", State.VALUE, how, null);
    }

    static Figure coverage(Sum sum) {
        return percent(
                "",
                "Coverage",
                sum.coveragePercent(),
                "Observed ÷ expected device-time; what is missing is not estimated");
    }

    static Figure measured(Sum sum) {
        return percent(
                "",
                "Measured part of the energy",
                sum.measuredPercent(),
                "By counters or meters; the rest is modelled from load or of unknown method");
    }

    private String made() {
        return sum.entries() == 0
                ? "No entry of the ledger falls into it"
                : "Sum of " + sum.entries() + " entries of the ledger";
    }

    private BigDecimal scaled(BigDecimal amount) {
        return thousands ? amount.movePointLeft(FROM_THOUSANDS) : amount;
    }

    /** "1.5 kWh have", also of less than is shown. */
    static String unpriced(BigDecimal kilowattHours) {
        return plain(kilowattHours).equals("0") ? "Less than 0.001 kWh has" : plain(kilowattHours) + " kWh have";
    }

    static String plain(BigDecimal amount) {
        return amount.setScale(FROM_THOUSANDS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
