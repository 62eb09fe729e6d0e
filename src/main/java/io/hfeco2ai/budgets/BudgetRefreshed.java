package io.hfeco2ai.budgets;

/** The sums, the limit or the outlook of an open period may have changed; published in the transaction that stores them. */
public record BudgetRefreshed(String budgetId, String periodId) {}
