package io.hfeco2ai.budgets.moves;

import java.math.BigDecimal;

/**
 * What one project spent in one of the two spans.
 *
 * @param amount in the budget's unit
 * @param deviceHours observed; 0: the energy came without any
 * @param energyKwh of the devices
 * @param countedKwh the part of it that {@code amount} covers
 */
public record Side(BigDecimal amount, double deviceHours, double energyKwh, double countedKwh) {

    public static final Side NOTHING = new Side(BigDecimal.ZERO, 0, 0, 0);

    boolean isNothing() {
        return energyKwh == 0 && amount.signum() == 0;
    }

    /** Corrections can outweigh what they correct; then there is nothing to take a logarithm of. */
    boolean isBelowNothing() {
        return energyKwh < 0
                || countedKwh < 0
                || deviceHours < 0
                || amount.signum() < 0
                || energyKwh == 0
                || countedKwh == 0 && amount.signum() != 0;
    }
}
