package io.hfeco2ai.ledger.periods;

import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.KnownThen;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.modulith.NamedInterface;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The organisation's base year and how far its totals have moved since they were fixed. The GHG Protocol Corporate Standard (chapter 5)
 * asks for a significance threshold of one's own, above which the base year is recalculated.
 */
@Service
@NamedInterface("base")
public class BaseYear {

    private static final String SETTING = "organisation.base-year";
    private static final int OLDEST = 2000;
    private static final int SHORTEST_REASON = 10;
    private static final int LONGEST_REASON = 1000;

    /**
     * @param thresholdPercent above 0, at most 100
     * @param fixedAt the totals that were known then are what is compared with
     */
    public record Choice(int year, BigDecimal thresholdPercent, Instant fixedAt, String reason) {

        /** As it is stored, and as the audit trail shows it. */
        private String words() {
            return year + "; " + thresholdPercent.toPlainString() + " %; fixed " + fixedAt + "; " + reason;
        }

        private static Choice of(String words) {
            String[] parts = words.split("; ", 4);
            return new Choice(
                    Integer.parseInt(parts[0]),
                    new BigDecimal(parts[1].substring(0, parts[1].length() - 2)),
                    Instant.parse(parts[2].substring("fixed ".length())),
                    parts[3]);
        }
    }

    /**
     * A total of the base year, in micrograms of CO2e.
     *
     * @param percent by which it moved, with its sign, to four decimals; null: nothing was posted when it was fixed
     */
    public record Moved(
            BigDecimal thenUg, BigDecimal nowUg, @Nullable BigDecimal percent) {

        static Moved of(BigDecimal thenUg, BigDecimal nowUg) {
            return new Moved(
                    thenUg,
                    nowUg,
                    thenUg.signum() == 0
                            ? null
                            : nowUg.subtract(thenUg).movePointRight(2).divide(thenUg, 4, RoundingMode.HALF_EVEN));
        }

        /** At the threshold is over it; so is anything where there was nothing. */
        boolean over(BigDecimal thresholdPercent) {
            BigDecimal by = nowUg.subtract(thenUg).abs();
            return by.signum() > 0 && by.movePointRight(2).compareTo(thresholdPercent.multiply(thenUg.abs())) >= 0;
        }
    }

    /** @param recalculate one of the two totals moved by the threshold or more */
    public record Standing(Choice choice, Moved location, Moved market, boolean recalculate) {}

    private final Settings settings;
    private final Ledger ledger;
    private final PeriodLocks locks;
    private final Clock clock;

    BaseYear(Settings settings, Ledger ledger, PeriodLocks locks, Clock clock) {
        this.settings = settings;
        this.ledger = ledger;
        this.locks = locks;
        this.clock = clock;
    }

    /** Nothing where none is set. */
    public Optional<Choice> choice() {
        return settings.get(SETTING).map(Choice::of);
    }

    /** Nothing where none is set. */
    public Optional<Standing> standing() {
        return choice().map(this::standing);
    }

    private Standing standing(Choice choice) {
        Question year =
                new Question(null, null, null, null, null, startMs(choice.year()), startMs(choice.year() + 1), false);
        KnownThen then = ledger.knownAt(year, choice.fixedAt());
        KnownThen now = ledger.knownAt(year, clock.instant());
        Moved location = Moved.of(then.locationUg(), now.locationUg());
        Moved market = Moved.of(then.marketUg(), now.marketUg());
        BigDecimal threshold = choice.thresholdPercent();
        return new Standing(choice, location, market, location.over(threshold) || market.over(threshold));
    }

    /**
     * Sets it. Another threshold or reason keeps the totals that the year is compared with; another year fixes its totals anew.
     *
     * @param fixAnew it was recalculated: from now on, the totals of now are what is compared with
     * @throws BadInput naming the field and the cure
     */
    @Transactional
    public void choose(String typedYear, String typedPercent, String typedReason, boolean fixAnew) {
        int year = year(typedYear.strip());
        BigDecimal percent = percent(typedPercent.strip());
        String reason = typedReason.strip();
        Inputs.plain("reason", reason);
        if (reason.length() < SHORTEST_REASON || reason.length() > LONGEST_REASON) {
            throw new BadInput(
                    "reason",
                    "Say why this year and threshold, in " + SHORTEST_REASON + " to " + LONGEST_REASON
                            + " characters.");
        }
        settings.lock(PeriodLocks.BOOKING, "");
        Instant fixedAt = choice().filter(before -> before.year() == year && !fixAnew)
                .map(Choice::fixedAt)
                .orElseGet(() -> fix(year));
        settings.put(SETTING, new Choice(year, percent, fixedAt, reason).words());
    }

    /** What is posted later would look as if the year had moved. */
    private Instant fix(int year) {
        if (locks.open(startMs(year), startMs(year + 1)) > 0) {
            throw new BadInput(
                    "year",
                    "Some hours of " + year + " are not posted yet, or are being priced anew: wait, then choose it.");
        }
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private int year(String typed) {
        int thisYear = clock.instant().atOffset(ZoneOffset.UTC).getYear();
        int year = typed.matches("\\d{4}") ? Integer.parseInt(typed) : 0;
        if (year < OLDEST || year >= thisYear) {
            throw new BadInput("year", "Write a year that is over, from " + OLDEST + " on, such as 2025.");
        }
        return year;
    }

    private static BigDecimal percent(String typed) {
        if (!typed.matches("\\d{1,3}(\\.\\d{1,2})?")) {
            throw new BadInput("percent", "Write the threshold in percent, such as 5 or 2.5.");
        }
        BigDecimal percent = new BigDecimal(typed);
        if (percent.signum() == 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw new BadInput("percent", "Choose a threshold above 0 and of at most 100 %.");
        }
        return percent;
    }

    private static long startMs(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
