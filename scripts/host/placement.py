# SPDX-License-Identifier: BSD-3-Clause
"""Decides where Weir runs: CPUs, huge pages, and what the kernel has to be told at boot about both."""

from machine import MIB, PAGE_1G, PAGE_2M
from plan import Lcores, Reserve, ranges

LCORES_DEFAULT = 4
TABLES_FOR_1G = 4 << 30  # more than a CPU's second-level TLB reaches with pages of 2 MiB
LEFT_FOR_OTHERS = 512 * MIB  # of a node's free memory, for the rest of the system


def choose_lcores(machine, request, plan, queues_max):
    """The control thread is on the node of the card, because what it publishes to lcores is on its node."""
    node = machine.node_of(plan.nics[0])
    cpus = [cpu for cpu in machine.cpus if cpu.node == node]
    main = next((cpu for cpu in cpus if cpu.number not in machine.isolated), cpus[0])
    cores = [cpu for cpu in cpus if cpu.number == min(cpu.siblings) and cpu.number not in main.siblings]
    if not cores:
        cores = [cpu for cpu in cpus if cpu != main]
        plan.notes.append("one core: lcores share it with the rest of the system, and are disturbed by it")
    if not cores:
        plan.refusals.append(f"node {node} has one CPU: Weir on a card needs a second one for an lcore")
        return
    count = request.lcores or min(LCORES_DEFAULT, len(cores))
    if count > len(cores):
        plan.refusals.append(
            f"--lcores {count}: node {node} has {len(cores)} cores beside CPU {main.number}: take fewer"
        )
        return
    cores.sort(key=lambda cpu: (cpu.number not in machine.isolated, cpu.number))
    chosen = sorted(cores[:count], key=lambda cpu: cpu.number)
    numbers = tuple(cpu.number for cpu in chosen)
    io = max(1, min(count // 2, queues_max or count))
    alone = {thread for cpu in chosen for thread in cpu.siblings} - set(main.siblings) | set(numbers)
    rest = tuple(cpu.number for cpu in machine.cpus if cpu.number not in alone)
    plan.lcores = Lcores(node, main.number, numbers[:io], numbers[io:] or numbers, tuple(sorted(alone)), rest)
    other = {machine.node_of(nic) for nic in plan.nics} - {node}
    if other:
        plan.notes.append(f"cards on node {ranges(other)} are far from the lcores, which are on node {node}")


def choose_words(machine, plan):
    """The rest of the kernel's command line; an IOMMU's words are there already."""
    alone, rest = ranges(plan.lcores.isolated), ranges(plan.lcores.rest)
    words = [f"isolcpus=managed_irq,domain,{alone}", f"nohz_full={alone}", f"rcu_nocbs={alone}"]
    words.append(f"irqaffinity={rest}")
    gib = [reserve for reserve in plan.reserves if reserve.page_bytes == PAGE_1G]
    if gib:
        by_node = ",".join(f"{reserve.node}:{reserve.total}" for reserve in gib)
        words += ["default_hugepagesz=1G", "hugepagesz=1G", f"hugepages={by_node}"]
    missing = machine.lacks(words)
    present = {word.partition("=")[0]: word for word in machine.command_line}
    for word in missing:
        name = word.partition("=")[0]
        if name in present:
            plan.notes.append(
                f"the kernel's command line has {present[name]} already: remove it where it comes from"
            )
    plan.words += missing
    if plan.words and not machine.grub:
        plan.refusals.append(
            "there is no /etc/default/grub: put these words on the kernel's command line and reboot, then "
            f"start this again: {' '.join(plan.words)}"
        )


def choose_pages(machine, request, plan, sizing):
    """`sizing` is what weir --check --json says: {(node, page bytes): pages}, and the bytes of all parts."""
    size = request.page_bytes or (PAGE_1G if sizing.bytes >= TABLES_FOR_1G and machine.gib_pages else PAGE_2M)
    if size == PAGE_1G and not machine.gib_pages:
        plan.refusals.append("--pages 1G: this CPU has no pages of 1 GiB: take --pages 2M")
        return
    there = {(pages.node, pages.bytes): pages for pages in machine.pages}
    for (node, page_bytes), needed in sorted(sizing.needed.items()):
        if page_bytes != size or needed == 0:
            continue
        pages = there.get((node, size))
        if pages is None:
            plan.refusals.append(
                f"node {node} has no huge pages of {size // MIB} MiB: the kernel is built without them "
                "(CONFIG_HUGETLBFS), or this is a container; run it on the machine itself"
            )
            continue
        total = max(pages.reserved, pages.reserved - pages.free + needed)
        lacking = (total - pages.reserved) * size
        room = machine.free_memory.get(node, 0) - LEFT_FOR_OTHERS
        if lacking > room:
            plan.refusals.append(
                f"node {node} has {max(room, 0) // MIB} MiB to spare, and huge pages would take "
                f"{lacking // MIB} MiB: free memory, or lower --max-torrents and --max-peers"
            )
        plan.reserves.append(Reserve(node, size, needed, total))
