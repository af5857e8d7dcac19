package sql

import (
	"database/sql"
	"database/sql/driver"
	"reflect"

	"gopherceptron.internal/native"
)

// Null_Scan is the method Scan of [sql.Null].
func Null_Scan[T any](n *sql.Null[T], value any) error {
	if value == nil {
		n.V, n.Valid = *new(T), false
		return nil
	}
	valid, err := native.NullScan(&n.V, value)
	n.Valid = valid
	return err
}

// Null_Value is the method Value of [sql.Null].
func Null_Value[T any](n sql.Null[T]) (driver.Value, error) {
	if !n.Valid {
		return nil, nil
	}
	v := any(n.V)
	if valuer, ok := v.(driver.Valuer); ok {
		val, err := valueOf(valuer)
		if err != nil {
			return val, err
		}
		v = val
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// valueOf calls v.Value, but for a nil pointer whose method would dereference it: that one is NULL.
func valueOf(v driver.Valuer) (driver.Value, error) {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && r.IsNil() && r.Type().Elem().Implements(reflect.TypeOf((*driver.Valuer)(nil)).Elem()) {
		return nil, nil
	}
	return v.Value()
}
