package io.hfeco2ai.grid;

import java.util.Map;

/** What an admin types about contracts, for tests of other modules. */
public final class SupplyWishes {

    private SupplyWishes() {}

    /** Returns the contract's id. */
    public static String contract(Supply supply, String site, String from, String last, String gramsPerKwh) {
        supply.addContract(SupplyInput.contract(Map.of(
                "site",
                site,
                "name",
                "Green tariff " + from,
                "from",
                from,
                "last",
                last,
                "g_per_kwh",
                gramsPerKwh,
                "basis",
                "direct",
                "source",
                "Supplier's label")));
        return supply.contracts().stream()
                .filter(contract -> contract.name().equals("Green tariff " + from))
                .findFirst()
                .orElseThrow()
                .id();
    }

    public static void withdrawContract(Supply supply, String id) {
        supply.withdrawContract(id);
    }
}
