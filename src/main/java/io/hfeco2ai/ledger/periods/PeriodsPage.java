package io.hfeco2ai.ledger.periods;

import io.hfeco2ai.ledger.periods.PeriodLocks.Lock;
import io.hfeco2ai.ledger.periods.Restatements.Restatement;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Names;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Locked periods, what waits to change in them, and restatements. */
@Allow(people = People.SIGNED_IN)
@Controller
class PeriodsPage {

    /** @param waiting a proposal of it is not decided or not booked */
    record LockView(
            Lock lock,
            Instant from,
            Instant to,
            Instant lockedAt,
            String by,
            List<HeldChanges.Sum> held,
            boolean waiting) {}

    /** @param obstacle message key; null: the viewer may approve it now */
    record RestatementView(
            Restatement restatement,
            String by,
            @Nullable String decidedBy,
            @Nullable String obstacle) {}

    record PeriodsView(
            List<LockView> locks,
            List<RestatementView> restatements,
            boolean admin,
            Map<String, String> typed,
            Map<String, String> errors,
            CertificateClose.@Nullable Result allocated,
            BaseYear.@Nullable Standing base) {}

    private final PeriodLocks locks;
    private final HeldChanges held;
    private final Restatements restatements;
    private final CertificateClose certificates;
    private final BaseYear baseYear;
    private final Names names;
    private final Access access;

    PeriodsPage(
            PeriodLocks locks,
            HeldChanges held,
            Restatements restatements,
            CertificateClose certificates,
            BaseYear baseYear,
            Names names,
            Access access) {
        this.locks = locks;
        this.held = held;
        this.restatements = restatements;
        this.certificates = certificates;
        this.baseYear = baseYear;
        this.names = names;
        this.access = access;
    }

    @GetMapping("/periods")
    ModelAndView periods() {
        return page(Map.of(), Map.of(), null, HttpStatus.OK);
    }

    /** @param last the last month of the period, empty: the same */
    @Allow(people = People.ADMINS)
    @PostMapping("/periods")
    ModelAndView lock(@RequestParam(defaultValue = "") String month, @RequestParam(defaultValue = "") String last) {
        try {
            YearMonth first = month("month", month);
            YearMonth end = last.isBlank() ? first : month("last", last);
            if (end.isBefore(first)) {
                throw new BadInput("last", "The last month is before the first one: exchange them.");
            }
            locks.lock(startMs(first), startMs(end.plusMonths(1)), userId());
            return back();
        } catch (BadInput e) {
            return page(
                    Map.of("month", month, "last", last), Map.of(e.field(), e.detail()), null, HttpStatus.BAD_REQUEST);
        }
    }

    private static YearMonth month(String field, String text) {
        if (!text.strip().matches("20\\d\\d-(0[1-9]|1[0-2])")) {
            throw new BadInput(field, "Write the month as 2026-01.");
        }
        return YearMonth.parse(text.strip());
    }

    private static long startMs(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/periods/{id}/unlock")
    ModelAndView unlock(@PathVariable String id) {
        return orConflict(id, () -> locks.unlock(id, userId()));
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/periods/{id}/restatements")
    ModelAndView propose(@PathVariable String id, @RequestParam(defaultValue = "") String reason) {
        try {
            return orConflict(id, () -> restatements.propose(id, reason, userId()));
        } catch (BadInput e) {
            return page(
                    Map.of("reason." + id, reason), Map.of("reason." + id, e.detail()), null, HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/restatements/{id}/approve")
    ModelAndView approve(@PathVariable String id) {
        return orConflict(id, () -> restatements.approve(id, userId()));
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/restatements/{id}/reject")
    ModelAndView reject(@PathVariable String id) {
        return orConflict(id, () -> restatements.reject(id, userId()));
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/certificates/allocate")
    ModelAndView allocate(@RequestParam(defaultValue = "") String vintage) {
        try {
            YearMonth year = month("vintage", vintage.strip() + "-01");
            return page(Map.of(), Map.of(), certificates.allocate(year.getYear()), HttpStatus.OK);
        } catch (BadInput e) {
            String detail = e.detail().startsWith("Write") ? "Write the year as 2025." : e.detail();
            return page(Map.of("vintage", vintage), Map.of("vintage", detail), null, HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/periods/base-year")
    ModelAndView base(
            @RequestParam(defaultValue = "") String year,
            @RequestParam(defaultValue = "") String percent,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "false") boolean anew) {
        try {
            baseYear.choose(year, percent, reason, anew);
            return back();
        } catch (BadInput e) {
            String field = e.field().equals("reason") ? "base.reason" : e.field();
            return page(
                    Map.of("year", year, "percent", percent, "base.reason", reason),
                    Map.of(field, e.detail()),
                    null,
                    HttpStatus.BAD_REQUEST);
        }
    }

    private ModelAndView orConflict(String id, Runnable change) {
        try {
            change.run();
            return back();
        } catch (Conflict e) {
            return page(Map.of(), Map.of(id, e.detail()), null, HttpStatus.CONFLICT);
        }
    }

    private static ModelAndView back() {
        return new ModelAndView("redirect:/periods");
    }

    private String userId() {
        return Objects.requireNonNull(access.viewer().userId(), "only persons come here");
    }

    private ModelAndView page(
            Map<String, String> typed,
            Map<String, String> errors,
            CertificateClose.@Nullable Result allocated,
            HttpStatus status) {
        List<Restatement> all = restatements.all();
        List<Lock> inForce = locks.locks();
        Set<String> ids = new HashSet<>();
        inForce.forEach(lock -> ids.add(lock.lockedBy()));
        all.forEach(one -> ids.add(one.proposedBy()));
        all.stream().map(Restatement::decidedBy).filter(Objects::nonNull).forEach(ids::add);
        Map<String, String> called = names.of(ids);
        PeriodsView view = new PeriodsView(
                inForce.stream().map(lock -> view(lock, all, called)).toList(),
                all.stream().map(one -> view(one, called)).toList(),
                access.viewer().admin(),
                typed,
                errors,
                allocated,
                baseYear.standing().orElse(null));
        return new ModelAndView("ledger/periods", Map.of("view", view), status);
    }

    private LockView view(Lock lock, List<Restatement> all, Map<String, String> called) {
        return new LockView(
                lock,
                Instant.ofEpochMilli(lock.fromMs()),
                Instant.ofEpochMilli(lock.toMs()),
                Instant.ofEpochMilli(lock.lockedMs()),
                called.getOrDefault(lock.lockedBy(), lock.lockedBy()),
                held.sums(lock.fromMs(), lock.toMs()),
                all.stream()
                        .anyMatch(one -> one.lockId().equals(lock.id())
                                && Set.of("PROPOSED", "APPROVED").contains(one.state())));
    }

    private RestatementView view(Restatement one, Map<String, String> called) {
        String decidedBy = one.decidedBy();
        String viewer = access.viewer().userId();
        return new RestatementView(
                one,
                called.getOrDefault(one.proposedBy(), one.proposedBy()),
                decidedBy == null ? null : called.getOrDefault(decidedBy, decidedBy),
                viewer == null ? null : restatements.obstacle(one, viewer));
    }
}
