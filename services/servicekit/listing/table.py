"""Lists as SQL: which rows a filter keeps, in which order, and where a page of them ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Row,
    Select,
    String,
    and_,
    func,
    literal,
    or_,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from services.servicekit.database import transaction
from services.servicekit.listing.fields import FieldType, Kind, Value
from services.servicekit.listing.page_tokens import Place, decode_page_token, encode_page_token
from services.servicekit.listing.requests import Item, ListRequest, Page
from services.servicekit.listing.syntax import Comparison, read_filter, read_order, refused

_NEWEST_FIRST = "create_time desc"
_SQL_TYPES: Mapping[type, Any] = {
    str: String(),
    int: BigInteger(),
    float: Float(),
    bool: Boolean(),
}


@dataclass(frozen=True, kw_only=True)
class ListField:
    """A field of a resource, and what it is in the database.

    optional: it may be unset; such a row passes no comparison, and is ordered before all others.
    """

    type: FieldType
    sql: ColumnElement[Any]
    optional: bool = False

    @property
    def order_key(self) -> ColumnElement[Any]:
        """By what rows are ordered: never NULL, and the same for texts that differ in case."""
        if self.type.kind is Kind.TEXT:
            return func.lower(self.sql)
        return func.coalesce(self.sql, 0) if self.optional else self.sql


def text(sql: ColumnElement[Any]) -> ListField:
    """For people to read: `:` finds a part of it, and the case of letters is the same to orders."""
    return ListField(type=FieldType(kind=Kind.TEXT), sql=sql)


def name(sql: ColumnElement[Any]) -> ListField:
    """Compared letter by letter, such as a hash, a codec or the name of a resource."""
    return ListField(type=FieldType(kind=Kind.NAME), sql=sql)


def choice(sql: ColumnElement[Any], choices: Mapping[str, str]) -> ListField:
    """choices: what each value, by its name in the contract, is in the database."""
    return ListField(type=FieldType(kind=Kind.CHOICE, choices=choices), sql=sql)


def yes_no(sql: ColumnElement[Any]) -> ListField:
    """Written `true` or `false` in filters."""
    return ListField(type=FieldType(kind=Kind.YES_NO), sql=sql)


def integer(sql: ColumnElement[Any]) -> ListField:
    """Filters with anything but a whole number are refused."""
    return ListField(type=FieldType(kind=Kind.INTEGER), sql=sql)


def number(sql: ColumnElement[Any]) -> ListField:
    """Filters with what is no finite number are refused."""
    return ListField(type=FieldType(kind=Kind.NUMBER), sql=sql)


def duration(sql: ColumnElement[Any]) -> ListField:
    """sql: in seconds."""
    return ListField(type=FieldType(kind=Kind.DURATION), sql=sql)


def time(sql: Column[Any]) -> ListField:
    """sql: in microseconds since 1970."""
    return ListField(type=FieldType(kind=Kind.TIME), sql=sql, optional=bool(sql.nullable))


@dataclass(frozen=True, kw_only=True)
class _OrderedBy:
    """A key of an order. python_type: of its values."""

    sql: ColumnElement[Any]
    descending: bool
    python_type: type

    @property
    def clause(self) -> ColumnElement[Any]:
        return self.sql.desc() if self.descending else self.sql.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        place = self._literal(value)
        return self.sql < place if self.descending else self.sql > place

    def at(self, value: Any) -> ColumnElement[bool]:
        return self.sql == self._literal(value)

    def _literal(self, value: Any) -> ColumnElement[Any]:
        return literal(value, _SQL_TYPES[self.python_type])


class ListTable:
    """A resource that is listed. resource: `videos`. fields: by their names in the contract.

    Rows that are equal by what was asked for are ordered by id, so that no page ends between two
    that change places.
    """

    def __init__(
        self, resource: str, row_id: ColumnElement[str], fields: Mapping[str, ListField]
    ) -> None:
        self.resource = resource
        self.fields = fields
        self.row_id = row_id

    async def page(
        self,
        engine: AsyncEngine,
        rows: Select[Any],
        request: ListRequest,
        item: Callable[[Row[Any]], Item],
        *bound_to: str,
    ) -> Page[Item]:
        """A page of what the query and the filter of the request keep.

        rows: of one workspace. bound_to: all that the query depends on, for the page tokens.

        Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
        rows = rows.where(*self._conditions(request.filter))
        keys = self._keys(request.order_by)
        bound_to = (self.resource, *bound_to, request.filter, request.order_by)
        place = decode_page_token(request.page_token, [key.python_type for key in keys], *bound_to)
        counted = rows.with_only_columns(func.count(), maintain_column_froms=True)
        if place is not None:
            rows = rows.where(_after(keys, place))
        labels = [key.sql.label(f"order_key_{index}") for index, key in enumerate(keys)]
        chosen = (
            rows.add_columns(*labels)
            .order_by(*[key.clause for key in keys])
            .limit(request.rows + 1)
        )
        async with transaction(engine, read_only=True) as connection:
            total = int((await connection.execute(counted)).scalar_one())
            found = (await connection.execute(chosen)).all()
        token = ""
        if len(found) > request.rows:
            last = found[request.rows - 1]._mapping
            token = encode_page_token([last[label.name] for label in labels], *bound_to)
        items = [item(row) for row in found[: request.rows]]
        return Page(items=items, next_page_token=token, total_size=total)

    def _conditions(self, written: str) -> list[ColumnElement[bool]]:
        return [or_(*map(self._condition, group)) for group in read_filter(written)]

    def _condition(self, comparison: Comparison) -> ColumnElement[bool]:
        field = self._field(comparison.field, "filter", comparison.field_position)
        if comparison.comparator not in field.type.comparators:
            takes = " ".join(field.type.comparators)
            rule = f"{comparison.field} is compared by {takes}, not by {comparison.comparator}"
            raise refused("filter", comparison.field_position, f"{rule}.")
        try:
            value = field.type.value(comparison.value)
        except ValueError as error:
            raise refused("filter", comparison.value_position, str(error)) from None
        return _compared(field.sql, comparison.comparator, value)

    def _keys(self, written: str) -> list[_OrderedBy]:
        keys: list[_OrderedBy] = []
        for key in read_order(written) or read_order(_NEWEST_FIRST):
            field = self._field(key.field, "order_by", key.position)
            if not field.type.orderable:
                raise refused("order_by", key.position, f"There is no order of {key.field}.")
            keys.append(
                _OrderedBy(
                    sql=field.order_key,
                    descending=key.descending,
                    python_type=field.type.python_type,
                )
            )
        last = keys[-1].descending
        return [*keys, _OrderedBy(sql=self.row_id, descending=last, python_type=str)]

    def _field(self, named: str, argument: str, position: int) -> ListField:
        """By its name in the contract, or as JSON has it."""
        if named in self.fields:
            return self.fields[named]
        for field, found in self.fields.items():
            if _camel_case(field) == named:
                return found
        known = ", ".join(self.fields)
        raise refused(
            argument, position, f"{self.resource} have no {named} here; there are {known}."
        )


def _compared(sql: ColumnElement[Any], comparator: str, value: Value) -> ColumnElement[bool]:
    if comparator == ":":
        return sql.icontains(str(value), autoescape=True)
    with_type = literal(value, _SQL_TYPES[type(value)])
    match comparator:
        case "=":
            return sql == with_type
        case "!=":
            return sql != with_type
        case "<":
            return sql < with_type
        case "<=":
            return sql <= with_type
        case ">":
            return sql > with_type
        case _:
            return sql >= with_type


def _after(keys: Sequence[_OrderedBy], place: Place) -> ColumnElement[bool]:
    """The rows after a place: beyond it by one key, and at it by all keys before that one."""
    return or_(
        *(
            and_(
                *(before.at(value) for before, value in zip(keys[:index], place, strict=False)),
                key.beyond(place[index]),
            )
            for index, key in enumerate(keys)
        )
    )


def _camel_case(field: str) -> str:
    first, *others = field.split("_")
    return first + "".join(other.capitalize() for other in others)
