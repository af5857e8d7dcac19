package backend

// planned says how the reference runs one operation of an entry.
type planned struct {
	skip     bool // a later operation does it
	gradient *Op  // of an update: the DenseGradWeight that gives its gradient, computed together with it
}

// fuse finds the weight gradients that only one update of their entry reads, and has them computed with the update, so
// that their slots need no memory. It returns how each entry runs, and those slots.
func fuse(p Program) (plans [][]planned, away map[Slot]bool) {
	away = map[Slot]bool{}
	for i, s := range p.Slots {
		if s.Role == Temp && !s.Batched && onlyFused(p, Slot(i)) {
			away[Slot(i)] = true
		}
	}
	for _, e := range p.Entries {
		plan := make([]planned, len(e.Ops))
		for i, op := range e.Ops {
			switch {
			case op.Kind == DenseGradWeight && away[op.Out[0]]:
				plan[i].skip = true
			case op.Kind.updates() && away[op.In[0]]:
				plan[i].gradient = &e.Ops[writer(e.Ops[:i], op.In[0])]
			}
		}
		plans = append(plans, plan)
	}
	return plans, away
}

// onlyFused reports whether every use of s is a DenseGradWeight followed, in its entry, by one update that reads it.
func onlyFused(p Program, s Slot) bool {
	used := false
	for _, e := range p.Entries {
		reads, writes := 0, 0
		for i, op := range e.Ops {
			if contains(op.Out, s) {
				if writes++; op.Kind != DenseGradWeight || writes > 1 {
					return false
				}
			}
			if !contains(op.In, s) {
				continue
			}
			from := writer(e.Ops[:i], s)
			if reads++; !op.Kind.updates() || reads > 1 || from < 0 || overwritten(e.Ops[from+1:i], e.Ops[from].In) {
				return false
			}
			used = true
		}
		if writes > 0 && reads == 0 {
			return false
		}
	}
	return used
}

// writer returns the place of the last operation that writes s, or -1.
func writer(ops []Op, s Slot) int {
	for i := len(ops) - 1; i >= 0; i-- {
		if contains(ops[i].Out, s) {
			return i
		}
	}
	return -1
}

// overwritten reports whether one of the operations writes one of the slots.
func overwritten(ops []Op, slots []Slot) bool {
	for _, op := range ops {
		for _, s := range slots {
			if contains(op.Out, s) {
				return true
			}
		}
	}
	return false
}

func contains(slots []Slot, s Slot) bool {
	for _, t := range slots {
		if t == s {
			return true
		}
	}
	return false
}
